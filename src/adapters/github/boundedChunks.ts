import { ServiceFailure } from '../../failure.ts';

export type Chunks = AsyncGenerator<Uint8Array, void, undefined>;

/**
 * The body of an answer that was asked for with `parseSuccessResponseBody: false`, piece by piece.
 * @throws ServiceFailure where it is longer than it may be: the connection ends there.
 */
export async function* boundedChunks(body: unknown, mostBytes: number, where: string): Chunks {
  let bytes = 0;
  for await (const chunk of piecesOf(body)) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      const found = `GitHub sends more than the ${mostBytes} bytes that it should have`;
      throw new ServiceFailure('github-failed', { where, found });
    }
    yield chunk;
  }
}

function piecesOf(body: unknown): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (body instanceof ReadableStream) return body as ReadableStream<Uint8Array>;
  // An empty body is none.
  return [];
}
