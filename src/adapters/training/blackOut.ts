import { open } from 'node:fs/promises';

const WINDOW = 1 << 20;

/**
 * Writes asterisks over texts in a file, wherever they stand; its length does not change. A file that is not there is
 * left so.
 */
export async function blackOut(file: string, secrets: readonly string[]): Promise<void> {
  const sought = secrets.map((secret) => Buffer.from(secret)).filter(({ length }) => length > 0);
  const overlap = Math.max(0, ...sought.map(({ length }) => length - 1));
  const handle = await open(file, 'r+').catch(() => undefined);
  if (handle === undefined || sought.length === 0) return handle?.close();
  try {
    const window = Buffer.alloc(WINDOW + overlap);
    for (let at = 0; ; at += WINDOW) {
      const { bytesRead } = await handle.read(window, 0, window.length, at);
      const seen = window.subarray(0, bytesRead);
      for (const secret of sought) {
        for (let found = seen.indexOf(secret); found >= 0; found = seen.indexOf(secret, found + 1)) {
          seen.fill('*', found, found + secret.length);
          await handle.write(seen, found, secret.length, at + found);
        }
      }
      if (bytesRead < window.length) return;
    }
  } finally {
    await handle.close();
  }
}
