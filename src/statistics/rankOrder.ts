/**
 * Row numbers by ascending score. The top bit of an entry is set where its score equals that of the entry before it, so
 * that the scores themselves are not needed any more: four bytes a row are all that ranking metrics keep of a model.
 */
export interface RankOrder {
  readonly entries: Uint32Array;
  /**
   * By place in the order: of which kind the row there is. Marks are then given by kind instead of by row, and a walk reads
   * memory in sequence where it would jump from row to row.
   */
  readonly kinds?: Uint16Array | Uint32Array;
}

export const ROW_MASK = 0x7fffffff;

const BITS = 11;
const BUCKETS = 1 << BITS;

/**
 * Sorts rows by score in linear time (radix sort on the bits of the floating-point numbers, LSD first). -0 equals 0.
 *
 * @throws RangeError for NaN, which has no rank, and for more than 2^31 rows.
 */
export function rankOrder(scores: Float32Array | Float64Array): RankOrder {
  const rows = scores.length;
  if (rows > ROW_MASK) throw new RangeError(`${rows} rows are more than can be ranked.`);
  const wordsPerScore = scores instanceof Float32Array ? 1 : 2;
  let entries = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    if (Number.isNaN(scores[row])) throw new RangeError(`The score of row ${row} is NaN.`);
    entries[row] = row;
  }
  const sortable = sortableWords(scores);
  let next = new Uint32Array(rows);
  const starts = new Uint32Array(BUCKETS);
  for (let word = 0; word < wordsPerScore; word++) {
    for (let shift = 0; shift < 32; shift += BITS) {
      starts.fill(0);
      for (let i = word; i < sortable.length; i += wordsPerScore) {
        const bucket = ((sortable[i] ?? 0) >>> shift) & (BUCKETS - 1);
        starts[bucket] = (starts[bucket] ?? 0) + 1;
      }
      // All in one bucket: this digit orders nothing.
      if (starts.includes(rows)) continue;
      let start = 0;
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const size = starts[bucket] ?? 0;
        starts[bucket] = start;
        start += size;
      }
      for (let i = 0; i < rows; i++) {
        const row = entries[i] ?? 0;
        const bucket = ((sortable[row * wordsPerScore + word] ?? 0) >>> shift) & (BUCKETS - 1);
        const place = starts[bucket] ?? 0;
        starts[bucket] = place + 1;
        next[place] = row;
      }
      [entries, next] = [next, entries];
    }
  }
  let before = NaN;
  for (let i = 0; i < rows; i++) {
    const row = entries[i] ?? 0;
    const score = scores[row] ?? 0;
    if (score === before) entries[i] = (row | ~ROW_MASK) >>> 0;
    before = score;
  }
  return { entries };
}

/** The bits of each score, lower word first, changed so that they sort as unsigned integers the way the scores do. */
function sortableWords(scores: Float32Array | Float64Array): Uint32Array {
  const positiveZeros = scores.map((score) => score + 0);
  const words = new Uint32Array(positiveZeros.buffer);
  const size = scores instanceof Float32Array ? 1 : 2;
  const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  for (let i = 0; i < words.length; i += size) {
    if (size === 2 && !littleEndian) [words[i], words[i + 1]] = [words[i + 1] ?? 0, words[i] ?? 0];
    const upper = words[i + size - 1] ?? 0;
    const negative = upper >>> 31 === 1;
    words[i + size - 1] = (negative ? ~upper : upper | 0x80000000) >>> 0;
    if (size === 2 && negative) words[i] = ~(words[i] ?? 0) >>> 0;
  }
  return words;
}
