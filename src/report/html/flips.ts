import type { FlippedRow, FlippedRows, Flips, Illustration } from '../../evaluation/illustration/illustration.ts';
import { countOf, formatCount, formatNumber } from '../../wording/numbers.ts';
import { shortened } from './htmlVoice.ts';
import { html, type Content, type Markup } from './markup.ts';

const ROWS_BEFORE_THE_FOLD = 8;
/** As the style sheet has it: paper does not scroll. */
const COLUMNS_ON_PAPER = 6;

/** Rows on which the two models disagree, those that got worse first. */
export function flippedRows(flips: Flips, kind: Illustration['kind']): Markup {
  const words = kind === 'classes' ? CLASSES : VALUES;
  return html`<p class="balance">
      <span class="bad"><b>${formatCount(flips.broken.rows)}</b> ${words.broken}</span
      ><span class="good"><b>${formatCount(flips.fixed.rows)}</b> ${words.fixed}</span>
    </p>
    ${part(words.brokenTitle, flips.broken, flips.columns)}${part(words.fixedTitle, flips.fixed, flips.columns)}`;
}

const CLASSES = {
  broken: 'broken: right before, wrong now',
  fixed: 'fixed: wrong before, right now',
  brokenTitle: 'Broken',
  fixedTitle: 'Fixed',
} as const;

const VALUES = {
  broken: 'further from the truth than before',
  fixed: 'nearer to the truth than before',
  brokenTitle: 'Errors that grew most',
  fixedTitle: 'Errors that shrank most',
} as const;

function part(title: string, { rows, examples }: FlippedRows, columns: readonly string[]): Content {
  if (examples.length === 0) return undefined;
  const few = examples.slice(0, ROWS_BEFORE_THE_FOLD);
  const rest = examples.slice(ROWS_BEFORE_THE_FOLD);
  const fold =
    rest.length === 0
      ? undefined
      : html`<details>
          <summary>${countOf(rest.length, 'more row')}</summary>
          ${table(`${title}, more rows`, rest, columns)}
        </details>`;
  const cut =
    examples.length < rows
      ? html`<p class="note">${formatCount(examples.length)} of ${formatCount(rows)} shown, those furthest apart.</p>`
      : undefined;
  return html`<h3>${title}</h3>
    ${table(title, few, columns)}${fold}${cut}`;
}

function table(title: string, rows: readonly FlippedRow[], columns: readonly string[]): Markup {
  return html`<section class="scroll" tabindex="0" aria-label="${title}">
    <table class="flips">
      <caption class="hidden">
        ${title}
      </caption>
      <thead>
        <tr>
          <th scope="col">Truth</th>
          <th scope="col">Baseline</th>
          <th scope="col">Candidate</th>
          ${columns.map((column) => html`<th scope="col" title="${column}">${shortened(column, SHOWN)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${cell(row.truth)}
              ${answer(row.baseline, row.baselineProbability)}${answer(
                row.candidate,
                row.candidateProbability,
              )}${row.values.map((value) => cell(value))}
            </tr>`,
        )}
      </tbody>
    </table>
    ${columns.length > COLUMNS_ON_PAPER && html`<p class="note only-print">Further columns are in the file.</p>`}
  </section>`;
}

/** What a model answered, and the probability that it gave to the truth. */
function answer(said: string, probability: number | undefined): Markup {
  const share =
    probability === undefined
      ? undefined
      : html`<span class="small" title="probability of the truth">p ${formatNumber(probability, 2)}</span>`;
  return cell(said, share);
}

// More of a text than a column has room for.
const SHOWN = 28;

/** A text that is cut is there in full for who points at it. */
function cell(text: string, beside?: Content): Markup {
  return text.length > SHOWN
    ? html`<td title="${text}">${shortened(text, SHOWN)}${beside}</td>`
    : html`<td>${text}${beside}</td>`;
}
