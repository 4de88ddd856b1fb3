import { styleText } from 'node:util';
import { blockedBy, MOST_LINES, youCan } from './advice.ts';
import { circumstances } from './circumstances.ts';
import { alignPoints, fitTable, padTo, widthOf, widthsOf, wrap, type Cells, type TableColumn } from './columns.ts';
import { gateRows, NOTHING, type Mark, type MetricRow } from './gateRows.ts';
import { headline, signOfReport, underline, type Sign } from './headline.ts';
import type { RunReport } from './runReport.ts';
import { sectionsOf, type Section } from './sections.ts';
import { plainVoice as voice } from './voice.ts';

const WIDTH = 100;
const GAP = '  ';
const MOST_ROWS_OF_A_SECTION = 12;

type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it as it is: whether to is decided where the terminal is known. */
type Paint = (style: Style, text: string) => string;

const SIGNS: { readonly [sign in Sign]: string } = { good: '✓', bad: '✗', open: '!' };
const SIGN_STYLES: { readonly [sign in Sign]: Style } = { good: 'green', bad: 'red', open: 'yellow' };
const MARKS: { readonly [mark in Mark]: string } = { blocks: '✗', open: '!', holds: '✓', none: '·' };
const MARK_STYLES: { readonly [mark in Mark]: Style } = { blocks: 'red', open: 'yellow', holds: 'green', none: 'dim' };

/** What matters at a glance, as text of at most 100 columns; the Markdown has all of it. */
export function renderTerminal(report: RunReport, options: { readonly colour: boolean }): string {
  const paint: Paint = (style, text) =>
    options.colour && text !== '' ? styleText(style, text, { validateStream: false }) : text;
  const sign = signOfReport(report);
  const [first = '', ...rest] = wrap(headline(report, voice), WIDTH - 2);
  const rows = gateRows(report.judgement.findings);
  // On a terminal the end is what one sees: what led to the verdict comes before it.
  const blocks = [
    ...sectionsOf(report, voice)
      .filter(({ glance }) => glance)
      .toReversed()
      .map((section) => sectionLines(section, paint)),
    [
      `${paint(SIGN_STYLES[sign], SIGNS[sign])} ${paint('bold', first)}`,
      ...rest.map((line) => `  ${paint('bold', line)}`),
      ...wrap(underline(report, voice), WIDTH - 2).map((line) => `  ${paint('dim', line)}`),
    ],
    gateTable(rows, report, paint),
    bullets('Keep in mind', circumstances(report, voice), paint),
    bullets('Blocked by', blockedBy(report, voice), paint),
    bullets('You can', youCan(report, voice), paint),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.map((line) => line.trimEnd()).join('\n'))
    .join('\n\n')}\n`;
}

/** A line of the gate table, which may go on below: a gate may have two bounds, and two intervals. */
interface Line {
  readonly mark?: Mark;
  readonly cells: Cells;
  /** Written below the line, over its whole width. */
  readonly note?: string;
}

const NARROWEST_NAME = 14;

function gateTable(given: readonly MetricRow[], report: RunReport, paint: Paint): readonly string[] {
  if (given.length === 0) return [];
  const compared = report.baseline !== undefined;
  const rows = aligned(given);
  const header = compared
    ? ['Gate', 'Baseline', 'Candidate', 'Difference Δ, 95 %', 'Allowed', 'Finding']
    : ['Gate', 'Candidate', 'Allowed', 'Finding'];
  const abreast = rows.flatMap((row) => linesOf(row, compared, 'abreast'));
  const lines =
    roomForName(abreast, header) >= NARROWEST_NAME ? abreast : rows.flatMap((row) => linesOf(row, compared, 'stacked'));
  const columns = header.map((title): TableColumn => ({
    align: title === 'Baseline' || title === 'Candidate' ? 'right' : 'left',
    gives: title === 'Gate',
  }));
  const [head = '', ...body] = fitTable([header, ...lines.map(({ cells }) => cells)], columns, WIDTH - 2, GAP);
  return [
    `  ${paint('dim', head)}`,
    ...body.flatMap((text, index) => {
      const { mark, note } = lines[index] ?? {};
      const sign = mark === undefined ? ' ' : paint(MARK_STYLES[mark], MARKS[mark]);
      const below = note === undefined ? [] : wrap(note, WIDTH - 6).map((line) => `      ${paint('dim', line)}`);
      return [`${sign} ${text}`, ...below];
    }),
  ];
}

/** The same rows, their numbers padded so that points and intervals stand below each other. */
function aligned(rows: readonly MetricRow[]): readonly MetricRow[] {
  const baselines = alignPoints(rows.map(({ baseline }) => baseline));
  const candidates = alignPoints(rows.map(({ candidate }) => candidate));
  const differences = alignPoints(rows.map(({ difference }) => difference));
  const widest = Math.max(...differences.map(widthOf));
  return rows.map((row, index) => ({
    ...row,
    baseline: baselines[index] ?? '',
    candidate: candidates[index] ?? '',
    difference: padTo(differences[index] ?? '', widest, 'right'),
  }));
}

function roomForName(lines: readonly Line[], header: Cells): number {
  const others = widthsOf([header, ...lines.map(({ cells }) => cells)]).slice(1);
  return WIDTH - 2 - others.reduce((sum, width) => sum + width + GAP.length, 0);
}

/** A row as lines: intervals beside the difference, or below it where numbers are long. */
function linesOf(row: MetricRow, compared: boolean, layout: 'abreast' | 'stacked'): readonly Line[] {
  const { mark, because, difference, interval, withShare } = row;
  const share = withShare === undefined ? [] : [`share included`, withShare];
  const differences =
    layout === 'stacked'
      ? [difference, interval, ...share].filter((line) => line !== '')
      : [`${difference} ${interval}`, ...(share.length === 0 ? [] : [share.join(' ')])];
  const height = Math.max(1, row.allowed.length, compared ? differences.length : 1);
  return Array.from({ length: height }, (_, index) => {
    const first = index === 0;
    const cells = [
      first ? voice.name(row.name) : '',
      ...(compared ? [first ? row.baseline : ''] : []),
      first ? row.candidate : '',
      ...(compared ? [differences[index] ?? ''] : []),
      row.allowed[index] ?? '',
      first ? row.finding : '',
    ];
    const note = index === height - 1 && because !== undefined ? { note: voice.prose(because) } : {};
    return first ? { mark, cells, ...note } : { cells, ...note };
  });
}

function bullets(title: string, lines: readonly string[], paint: Paint): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length > MOST_LINES ? [`${lines.length - MOST_LINES} more.`] : [];
  const wrapped = [...lines.slice(0, MOST_LINES), ...more].flatMap((line) =>
    wrap(line, WIDTH - 4).map((part, index) => `${index === 0 ? '  - ' : '    '}${part}`),
  );
  return [paint('bold', title), ...wrapped];
}

function sectionLines({ columns, rows, title, says }: Section, paint: Paint): readonly string[] {
  const shown = rows.slice(0, MOST_ROWS_OF_A_SECTION);
  const cells = [columns.map((column) => column.title), ...shown.map((row) => row.map((cell) => cell || NOTHING))];
  const fitted = columns.map(({ align }) => ({ align, gives: align === 'left' }));
  const [header = '', ...body] = fitTable(cells, fitted, WIDTH - 2, GAP);
  return [
    paint('bold', title),
    ...(says === undefined ? [] : [`  ${says}`]),
    `  ${paint('dim', header)}`,
    ...body.map((line) => `  ${line}`),
    ...(shown.length < rows.length ? [`  ${shown.length} of ${rows.length} shown`] : []),
  ];
}
