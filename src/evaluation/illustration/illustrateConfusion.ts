import type { ClassIndices, ClassRows } from '../evaluationRows.ts';
import type { Confusion } from './illustration.ts';

const MOST_LABELS = 20;

/** Confusion matrices of both models over the same rows. */
export function illustrateConfusion(rows: ClassRows): Confusion {
  const { classes, truth } = rows;
  const candidate = rows.candidate.predicted;
  const baseline = rows.baseline?.predicted;
  const shown = shownLabels(rows, [candidate, ...(baseline ? [baseline] : [])]);
  const place = new Int32Array(classes.labels.length).fill(-1);
  shown.forEach((label, index) => (place[label] = index));
  const placeOf = (label: number | undefined): number => place[label ?? 0] ?? -1;

  const ofCandidate = new Float64Array(shown.length ** 2);
  const ofBaseline = new Float64Array(shown.length ** 2);
  let leftOut = 0;
  for (let row = 0; row < rows.count; row += 1) {
    const at = placeOf(truth[row]);
    const said = placeOf(candidate[row]);
    const saidBefore = baseline === undefined ? said : placeOf(baseline[row]);
    // Left out of both, so that the two can be read side by side.
    if (at < 0 || said < 0 || saidBefore < 0) {
      leftOut += 1;
      continue;
    }
    const cell = at * shown.length;
    ofCandidate[cell + said] = (ofCandidate[cell + said] ?? 0) + 1;
    ofBaseline[cell + saidBefore] = (ofBaseline[cell + saidBefore] ?? 0) + 1;
  }
  const matrix = (cells: Float64Array): readonly (readonly number[])[] =>
    shown.map((_, index) => [...cells.subarray(index * shown.length, (index + 1) * shown.length)]);
  return {
    labels: shown.map((label) => classes.labels[label] ?? ''),
    leftOut,
    candidate: matrix(ofCandidate),
    ...(baseline && { baseline: matrix(ofBaseline) }),
  };
}

/** All labels, or those that the most wrong answers take or belong to; in the task's order. */
function shownLabels({ classes, truth, count }: ClassRows, models: readonly ClassIndices[]): readonly number[] {
  const all = classes.labels.map((_, label) => label);
  if (all.length <= MOST_LABELS) return all;
  const confused = new Float64Array(all.length);
  for (const predicted of models) {
    for (let row = 0; row < count; row += 1) {
      const [label = 0, said = 0] = [truth[row], predicted[row]];
      if (label === said) continue;
      confused[label] = (confused[label] ?? 0) + 1;
      confused[said] = (confused[said] ?? 0) + 1;
    }
  }
  return all
    .toSorted((a, b) => (confused[b] ?? 0) - (confused[a] ?? 0) || a - b)
    .slice(0, MOST_LABELS)
    .toSorted((a, b) => a - b);
}
