/** So many small objects are asked for at once: a store across a network gathers them into few requests. */
const READS_AT_ONCE = 100;

/**
 * What reading each of them comes to, in their order: a hundred at a time, so that little is held of many. Whoever works on
 * what was read, before more is, goes through the parts.
 */
export async function* readTogether<T, R>(
  items: readonly T[],
  read: (item: T) => Promise<R>,
  most = READS_AT_ONCE,
): AsyncGenerator<readonly R[], void, undefined> {
  for (let from = 0; from < items.length; from += most) {
    yield await Promise.all(items.slice(from, from + most).map(read));
  }
}

/** As {@link readTogether}, for what is done with each rather than what comes of it. */
export async function doTogether<T>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
  most = READS_AT_ONCE,
): Promise<void> {
  for await (const done of readTogether(items, act, most)) void done;
}
