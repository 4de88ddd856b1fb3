import { ServiceFailure } from '../../failure.ts';

export type Chunks = AsyncGenerator<Uint8Array, void, undefined>;

/**
 * The body of an answer that was asked for with `parseSuccessResponseBody: false`, piece by piece.
 * @throws ServiceFailure where it is longer than it may be (the connection ends there), and where it breaks off.
 */
export async function* boundedChunks(body: unknown, mostBytes: number, where: string): Chunks {
  let bytes = 0;
  for await (const chunk of unbroken(body, where)) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      const found = `GitHub sends more than the ${mostBytes} bytes that it should have`;
      throw new ServiceFailure('github-failed', { where, found });
    }
    yield chunk;
  }
}

async function* unbroken(body: unknown, where: string): Chunks {
  try {
    yield* piecesOf(body);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    const because = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const said = because instanceof Error ? because.message : String(because);
    const problem = { where, found: `what GitHub sends broke off (${said})`, remedy: 'Run the job again' };
    throw new ServiceFailure('github-failed', problem, { cause: error });
  }
}

/** The body as it comes, without a bound: for whoever counts, and tells of errors, otherwise. */
export function piecesOf(body: unknown): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (body instanceof ReadableStream) return body as ReadableStream<Uint8Array>;
  // An empty body is none.
  return [];
}
