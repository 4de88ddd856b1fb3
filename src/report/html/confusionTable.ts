import type { Confusion } from '../../evaluation/illustration/illustration.ts';
import { countOf, formatCount, formatSigned } from '../../wording/numbers.ts';
import { TINTS } from './palette.ts';
import { html, type Markup } from './markup.ts';
import { shortened } from './htmlVoice.ts';

type Matrix = readonly (readonly number[])[];

/** Matrices of so many columns of short labels stand beside each other; wider ones take a line of their own. */
const MOST_BESIDE_EACH_OTHER = 10;
const SHORT_LABEL = 3;
const FEW = 3;
const LONGEST_LABEL = 16;

/** Who is taken for whom: the baseline, the candidate, and what changed. Every cell carries its number. */
export function confusion({ labels, leftOut, candidate, baseline }: Confusion): Markup {
  const shown = labels.length;
  const narrow =
    shown <= FEW || (shown <= MOST_BESIDE_EACH_OTHER && labels.every((label) => label.length <= SHORT_LABEL));
  const note =
    leftOut === 0
      ? undefined
      : html`<p class="note">
          The ${shown} most confused classes; ${countOf(leftOut, 'row')} of others are left out.
        </p>`;
  const ofClass = candidate.map((row) => row.reduce((sum, count) => sum + count, 0));
  const drawn = (title: string, values: Matrix, cellOf: CellOf): Markup =>
    matrix(title, labels, values, ofClass, cellOf);
  const matrices = [
    baseline && drawn('Baseline', baseline, countCell),
    drawn('Candidate', candidate, countCell),
    baseline && drawn('Change, candidate less baseline', differenceOf(candidate, baseline), changeCell),
  ];
  const body = html`${note}
    <div class="matrices ${narrow ? '' : 'wide'}">${matrices}</div>`;
  return html`<p class="note">
      Rows by true class (down) and predicted class (across). Blue is right or better, orange wrong or worse; the tint
      is the share of the true class.
    </p>
    ${body}`;
}

interface Cell {
  readonly text: string;
  readonly tint: string;
}

/** What a cell shows: its value, of so many rows of that true class, on the diagonal or beside it. */
type CellOf = (value: number, ofClass: number, right: boolean) => Cell;

const countCell: CellOf = (value, ofClass, right) => ({
  text: formatCount(value),
  tint: value === 0 ? 'zero-cell' : tintOf(value / Math.max(ofClass, 1), right),
});

/** More on the diagonal is better, more beside it worse. */
const changeCell: CellOf = (value, ofClass, right) => ({
  text: value === 0 ? '0' : formatSigned(value, 0),
  tint:
    value === 0
      ? 'zero-cell'
      : tintOf(Math.min(1, (CHANGE_TO_COUNT * Math.abs(value)) / Math.max(ofClass, 1)), right === value > 0),
});

// A change of a fifth of a class is as much as there usually is.
const CHANGE_TO_COUNT = 5;

function tintOf(share: number, good: boolean): string {
  // Square roots, so that a few percent are seen at all.
  const level = Math.min(TINTS.length, Math.max(1, Math.ceil(Math.sqrt(share) * TINTS.length)));
  return `${good ? 'r' : 'w'}${level}`;
}

function differenceOf(candidate: Matrix, baseline: Matrix): Matrix {
  return candidate.map((row, truth) => row.map((count, predicted) => count - (baseline[truth]?.[predicted] ?? 0)));
}

function matrix(
  title: string,
  labels: readonly string[],
  values: Matrix,
  ofClass: readonly number[],
  cellOf: CellOf,
): Markup {
  const head = labels.map((label) => heading('col', label));
  const rows = labels.map((label, truth) => {
    const cells = labels.map((_, predicted) => {
      const { text, tint } = cellOf(values[truth]?.[predicted] ?? 0, ofClass[truth] ?? 0, truth === predicted);
      return html`<td class="${tint}${truth === predicted ? ' diagonal' : ''}">${text}</td>`;
    });
    return html`<tr>
      ${heading('row', label)} ${cells}
    </tr>`;
  });
  const few = labels.length <= FEW ? ' few' : '';
  return html`<section class="scroll" tabindex="0" aria-label="Confusion: ${title}">
    <table class="matrix${few}">
      <caption>
        ${title}
      </caption>
      <thead>
        <tr>
          <td></td>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`;
}

function heading(scope: 'row' | 'col', label: string): Markup {
  return label.length > LONGEST_LABEL
    ? html`<th scope="${scope}" title="${label}">${shortened(label, LONGEST_LABEL)}</th>`
    : html`<th scope="${scope}">${label}</th>`;
}
