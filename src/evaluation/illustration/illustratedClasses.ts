const MOST_CURVES = 20;
/** Of a holdout of many rows and classes, at most this many scores are kept a model for curves that no metric asks for. */
const MOST_SCORES = 2 ** 22;

/**
 * The classes of a task with several whose curves are drawn: those that metrics rank by, whose scores are kept anyway, then
 * the first others while there is room. A million rows leave room for four.
 */
export function illustratedClasses(ranked: ReadonlySet<number>, classes: number, rows: number): readonly number[] {
  const others = Array.from({ length: classes }, (_, label) => label).filter((label) => !ranked.has(label));
  const room = Math.max(0, Math.floor(MOST_SCORES / rows) - ranked.size);
  return [...ranked, ...others.slice(0, room)].slice(0, MOST_CURVES).toSorted((a, b) => a - b);
}
