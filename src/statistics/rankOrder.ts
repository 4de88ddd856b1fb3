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

const SIGN = 0x80000000;
/** The upper word of -0, all others being 0. */
const NEGATIVE_ZERO = SIGN;

/**
 * Sorts rows by score in linear time (radix sort on the bits of the floating-point numbers, LSD first). -0 equals 0.
 *
 * @param work as many words as there are rows, to be reused from sort to sort; what it holds afterwards means nothing.
 * @throws RangeError for NaN, which has no rank, and for more than 2^31 rows.
 */
export function rankOrder(scores: Float32Array | Float64Array, work = new Uint32Array(scores.length)): RankOrder {
  const rows = scores.length;
  if (rows > ROW_MASK) throw new RangeError(`${rows} rows are more than can be ranked.`);
  const wordsPerScore = scores instanceof Float32Array ? 1 : 2;
  const own = new Uint32Array(rows);
  let entries = own;
  for (let row = 0; row < rows; row++) {
    if (Number.isNaN(scores[row])) throw new RangeError(`The score of row ${row} is NaN.`);
    entries[row] = row;
  }
  const wordOf = sortableWords(scores);
  let next = work;
  const starts = new Uint32Array(BUCKETS);
  for (let word = 0; word < wordsPerScore; word++) {
    for (let shift = 0; shift < 32; shift += BITS) {
      starts.fill(0);
      for (let row = 0; row < rows; row++) {
        const bucket = (wordOf(row, word) >>> shift) & (BUCKETS - 1);
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
        const bucket = (wordOf(row, word) >>> shift) & (BUCKETS - 1);
        const place = starts[bucket] ?? 0;
        starts[bucket] = place + 1;
        next[place] = row;
      }
      [entries, next] = [next, entries];
    }
  }
  if (entries !== own) own.set(entries);
  entries = own;
  let before = NaN;
  for (let i = 0; i < rows; i++) {
    const row = entries[i] ?? 0;
    const score = scores[row] ?? 0;
    if (score === before) entries[i] = (row | ~ROW_MASK) >>> 0;
    before = score;
  }
  return { entries };
}

/**
 * The bits of a score, word 0 the lower one, changed so that they sort as unsigned integers the way the scores do. Read
 * where they lie: a copy would be as large as the order itself.
 */
function sortableWords(scores: Float32Array | Float64Array): (row: number, word: number) => number {
  const words = new Uint32Array(scores.buffer, scores.byteOffset, scores.byteLength / 4);
  if (scores instanceof Float32Array) {
    return (row) => {
      const bits = words[row] ?? 0;
      if (bits === NEGATIVE_ZERO) return SIGN;
      return bits >= SIGN ? ~bits >>> 0 : (bits | SIGN) >>> 0;
    };
  }
  const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  const upperAt = littleEndian ? 1 : 0;
  return (row, word) => {
    const upper = words[2 * row + upperAt] ?? 0;
    const lower = words[2 * row + 1 - upperAt] ?? 0;
    if (upper === NEGATIVE_ZERO && lower === 0) return word === 1 ? SIGN : 0;
    const bits = word === 1 ? upper : lower;
    if (upper >= SIGN) return ~bits >>> 0;
    return word === 1 ? (bits | SIGN) >>> 0 : bits;
  };
}
