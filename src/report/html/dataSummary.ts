import { formatCount, formatNumber } from '../../wording/numbers.ts';
import type { ColumnSummary, DatasetSummary, TargetOutline } from '../runReport.ts';
import { nameMarkup } from './htmlVoice.ts';
import { labelsOf } from './axis.ts';
import { html, type Content, type Markup } from './markup.ts';

/** What the target looks like in each dataset, and the columns with what is missing in them. */
export function dataSummary(datasets: readonly DatasetSummary[]): Content {
  return [targets(datasets), columns(datasets)];
}

type Labels = Extract<TargetOutline, { kind: 'labels' }>;
type Values = Extract<TargetOutline, { kind: 'values' }>;

function targets(datasets: readonly DatasetSummary[]): Content {
  const labelled = datasets.filter(
    (dataset): dataset is DatasetSummary & { target: Labels } => dataset.target.kind === 'labels',
  );
  if (labelled.length > 0) return labelTable(labelled);
  const measured = datasets.filter(
    (dataset): dataset is DatasetSummary & { target: Values } => dataset.target.kind === 'values',
  );
  return measured.length > 0 && rangeTable(measured);
}

function labelTable(datasets: readonly (DatasetSummary & { target: Labels })[]): Markup {
  const counts = datasets.map(({ target }) => new Map(target.counts.map(({ label, rows }) => [label, rows])));
  const totals = datasets.map(({ target }) => target.counts.reduce((sum, { rows }) => sum + rows, target.beyond.rows));
  const labels = [...new Set(datasets.flatMap(({ target }) => target.counts.map(({ label }) => label)))].slice(
    0,
    MOST_LABELS,
  );
  const most = Math.max(
    ...counts.flatMap((count, index) => [...count.values()].map((rows) => rows / Math.max(totals[index] ?? 1, 1))),
    0.01,
  );
  const beyond = Math.max(...datasets.map(({ target }) => target.counts.length + target.beyond.labels));
  const note =
    beyond > labels.length
      ? html`<p class="note">${labels.length} of at least ${formatCount(beyond)} labels shown, the most frequent.</p>`
      : undefined;
  return html`<h3>Target</h3>
    <section class="scroll" tabindex="0" aria-label="Target by dataset">
      <table class="bars">
        <caption class="hidden">
          Rows by label of the target in each dataset
        </caption>
        <thead>
          <tr>
            <th scope="col">Label</th>
            ${datasets.map(({ role }) => html`<th scope="col" colspan="2">${role}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${labels.map(
            (label) =>
              html`<tr>
                <th scope="row">${nameMarkup(label)}</th>
                ${datasets.map((_, index) => share(counts[index]?.get(label), totals[index] ?? 1, most))}
              </tr>`,
          )}
        </tbody>
      </table>
    </section>
    ${note}`;
}

const MOST_LABELS = 20;

function share(rows: number | undefined, total: number, most: number): Content {
  if (rows === undefined)
    return html`<td class="number">–</td>
      <td class="share"></td>`;
  const part = rows / Math.max(total, 1);
  return html`<td class="number">${formatCount(rows)} <span class="muted">${percent(part)}</span></td>
    <td class="share">
      <svg aria-hidden="true"><rect class="bar" y="1" height="8" width="${(100 * part) / most}%" /></svg>
    </td>`;
}

function percent(part: number): string {
  if (part > 0 && part < 0.001) return '<0.1 %';
  return `${formatNumber(part * 100, part < 0.1 ? 1 : 0)} %`;
}

function rangeTable(datasets: readonly (DatasetSummary & { target: Values })[]): Markup {
  const end = (value: number | undefined): string => (value === undefined ? '–' : (labelsOf([value])[0] ?? ''));
  return html`<h3>Target</h3>
    <table>
      <caption class="hidden">
        Range of the target in each dataset
      </caption>
      <thead>
        <tr>
          <th scope="col">Dataset</th>
          <th scope="col" class="number">Lowest</th>
          <th scope="col" class="number">Highest</th>
        </tr>
      </thead>
      <tbody>
        ${datasets.map(
          ({ role, target }) =>
            html`<tr>
              <th scope="row">${role}</th>
              <td class="number">${end(target.minimum)}</td>
              <td class="number">${end(target.maximum)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function columns(datasets: readonly DatasetSummary[]): Content {
  const all = Math.max(0, ...datasets.map((dataset) => dataset.columns));
  const byName = new Map<string, ColumnSummary>();
  for (const column of datasets.flatMap(({ listed }) => listed)) {
    if (!byName.has(column.name)) byName.set(column.name, column);
  }
  if (byName.size === 0) return undefined;
  const missing = datasets.map(({ listed }) => new Map(listed.map((column) => [column.name, column.missing])));
  const shown = [...byName.values()].slice(0, MOST_COLUMNS);
  const cut =
    shown.length < all
      ? html`<p class="note">${formatCount(shown.length)} of ${formatCount(all)} shown.</p>`
      : undefined;
  return html`<details>
    <summary>Columns: types and what is missing (${formatCount(all)})</summary>
    <section class="scroll" tabindex="0" aria-label="Columns by dataset">
      <table>
        <caption class="hidden">
          Columns of the datasets
        </caption>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            ${datasets.map(({ role }) => html`<th scope="col" class="number">Missing in ${role}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            ({ name, type }) =>
              html`<tr>
                <th scope="row" class="wrap">${nameMarkup(name)}</th>
                <td>${type}</td>
                ${datasets.map(({ rows }, index) => missingCell(missing[index]?.get(name), rows))}
              </tr>`,
          )}
        </tbody>
      </table>
    </section>
    ${cut}
  </details>`;
}

const MOST_COLUMNS = 100;

function missingCell(missing: number | undefined, rows: number): Markup {
  if (missing === undefined) return html`<td class="number muted">–</td>`;
  if (missing === 0) return html`<td class="number muted">0</td>`;
  return html`<td class="number">
    ${formatCount(missing)} <span class="muted">${percent(missing / Math.max(rows, 1))}</span>
  </td>`;
}
