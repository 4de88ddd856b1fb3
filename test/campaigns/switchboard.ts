import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The address that GitHub delivers to, before the Apps that live. */
export class Switchboard {
  readonly #server: Server;

  /** @param choose which Apps a delivery goes to; with none of them nobody answers. */
  static async open(choose: () => readonly string[], path: string): Promise<Switchboard> {
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const headers = Object.fromEntries(
          Object.entries(request.headers).filter(([name]) => name.startsWith('x-') || name === 'content-type'),
        ) as { readonly [name: string]: string };
        const asked = choose().map((url) =>
          fetch(`${url}${path}`, { method: 'POST', headers, body: Buffer.concat(chunks) }).then(
            ({ status }) => status,
            () => 502,
          ),
        );
        const statuses = await Promise.all(asked);
        const [status = 502] = statuses.toSorted((a, b) => a - b);
        response.writeHead(status).end();
      })().catch(() => request.socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Switchboard(server);
  }

  private constructor(server: Server) {
    this.#server = server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }
}
