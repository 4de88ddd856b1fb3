import type { ByteSource } from '../../registry/store.ts';

/**
 * A source as the body of a request, read from its beginning each time that the request is made: a request that GitHub
 * tells to wait is made again. Remembers an error of the source, which no request is to blame for.
 */
export class UploadedSource {
  readonly bytes: number;
  failure: { readonly error: unknown } | undefined;
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.#source = source;
    this.bytes = source.bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#source.open();
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}
