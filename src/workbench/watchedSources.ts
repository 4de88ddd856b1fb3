import type { ByteSource } from '../registry/store.ts';
import { during, type Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** What takes a while to copy, or to send somewhere. */
const LARGE = 8 << 20;

/** Stores sources, and shows how far each large one is; with small ones alone there is nothing to show. */
export function watched<T>(
  terminal: Terminal,
  what: string,
  sources: readonly ByteSource[],
  store: (sources: readonly ByteSource[]) => Promise<T>,
): Promise<T> {
  if (sources.every(({ bytes }) => bytes < LARGE)) return store(sources);
  return during(terminal, what, (progress) =>
    store(sources.map((source) => (source.bytes < LARGE ? source : watchedSource(source, progress)))),
  );
}

function watchedSource(source: ByteSource, progress: Progress): ByteSource {
  const file = source.name.slice(1 + Math.max(source.name.lastIndexOf('/'), source.name.lastIndexOf('\\')));
  const mebibytes = (bytes: number): number => Math.ceil(bytes / (1 << 20));
  return {
    ...source,
    open: async function* () {
      let bytes = 0;
      for await (const chunk of source.open()) {
        yield chunk;
        bytes += chunk.length;
        progress.at({ kind: 'count', done: mebibytes(bytes), all: mebibytes(source.bytes), unit: 'MiB' }, file);
      }
    },
  };
}
