import { markdownTable } from 'markdown-table';
import { blockedBy, MOST_LINES, youCan, type Place } from './advice.ts';
import { circumstances } from './circumstances.ts';
import { gateRows, type Mark, type MetricRow } from './gateRows.ts';
import { headline, signOfReport, underline, type Sign } from './headline.ts';
import { countOf } from '../wording/numbers.ts';
import type { RunReport } from './runReport.ts';
import { sectionsOf, type Section } from './sections.ts';
import { markdownVoice as voice } from './voice.ts';

/** What GitHub takes in one comment, less some room for what is put around it. */
const LONGEST_COMMENT = 65_000;
const ROWS_BEFORE_THE_FOLD = 12;

export const SIGNS: { readonly [sign in Sign]: string } = { good: '✅', bad: '❌', open: '⚠️' };
const MARKS: { readonly [mark in Mark]: string } = { blocks: '❌', open: '⚠️', holds: '✅', none: '➖' };

/** A report in the two halves that people read: what everybody sees, and what is folded away until somebody asks. */
export interface MarkdownParts {
  /** Verdict and number, on one line. */
  readonly heading: string;
  /** Paragraphs, the most wanted first. */
  readonly opening: readonly string[];
  readonly folds: readonly Section[];
}

export function markdownParts(report: RunReport, place: Place = 'clone'): MarkdownParts {
  const rows = gateRows(report.judgement.findings);
  const opening = [
    underline(report, voice),
    gateTable(rows.slice(0, ROWS_BEFORE_THE_FOLD), report),
    legend(rows),
    bullets('Blocked by', blockedBy(report, voice)),
    bullets('You can', youCan(report, voice, place)),
    bullets('Keep in mind', circumstances(report, voice)),
  ];
  return {
    heading: `${SIGNS[signOfReport(report)]} ${headline(report, voice)}`,
    opening: opening.filter((part) => part !== ''),
    folds: [...restOfGates(rows.slice(ROWS_BEFORE_THE_FOLD), report), ...sectionsOf(report, voice)],
  };
}

/**
 * The report as GitHub's Markdown, at most `longest` characters long: where it would be longer, tables are cut from the
 * least wanted on, and say how much of them is shown.
 */
export function renderMarkdown(report: RunReport, longest = LONGEST_COMMENT): string {
  const { heading, opening, folds } = markdownParts(report);
  return `${fitMarkdown([`### ${heading}`, ...opening], folds, longest - 1)}\n`;
}

function gateTable(rows: readonly MetricRow[], report: RunReport): string {
  if (rows.length === 0) return '';
  return table(gateSection('', rows, report), rows.length);
}

function gateSection(title: string, rows: readonly MetricRow[], report: RunReport): Section {
  const compared = report.baseline !== undefined;
  return {
    topic: 'gates',
    title,
    columns: [
      { title: 'Gate', align: 'left' },
      ...(compared ? [{ title: 'Baseline', align: 'right' } as const] : []),
      { title: 'Candidate', align: 'right' },
      ...(compared ? [{ title: 'Difference Δ<br>95 %\u00a0interval', align: 'right' } as const] : []),
      { title: 'Allowed', align: 'left' },
      { title: 'Finding', align: 'left' },
    ],
    rows: rows.map((row) => [
      `${MARKS[row.mark]}\u00a0${voice.name(row.name)}`,
      ...(compared ? [row.baseline] : []),
      row.candidate,
      ...(compared ? [difference(row)] : []),
      row.allowed.map(unbroken).join('<br>'),
      finding(row),
    ]),
  };
}

function difference({ difference: value, interval, withShare }: MetricRow): string {
  const lines = [value, interval, ...(withShare === undefined ? [] : ['share included:', withShare])];
  return lines
    .filter((line) => line !== '')
    .map(unbroken)
    .join('<br>');
}

/** On one line, however narrow the column. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

function finding({ mark, finding: kind, because }: MetricRow): string {
  const said = mark === 'blocks' ? `**${kind}**` : kind;
  const why = because === undefined || mark === 'blocks' ? '' : `<br>${voice.prose(because)}`;
  return `${said}${why}`;
}

function legend(rows: readonly MetricRow[]): string {
  if (rows.every((row) => row.interval === '')) return '';
  const shares = rows.some((row) => row.withShare !== undefined)
    ? ' Where a share of the baseline is allowed, the second interval includes it and is held against 0.'
    : '';
  return `Δ is candidate against baseline, + is better. A gate on Δ is met only where the whole interval is.${shares}`;
}

function restOfGates(rows: readonly MetricRow[], report: RunReport): readonly Section[] {
  if (rows.length === 0) return [];
  const blocking = rows.filter(({ mark }) => mark === 'blocks').length;
  const open = rows.filter(({ mark }) => mark === 'open').length;
  const counts = [
    ...(blocking > 0 ? [`${blocking} of them blocking`] : []),
    ...(open > 0 ? [`${open} of them not settled`] : []),
  ];
  const said = counts.length === 0 ? 'nothing wrong with them' : counts.join(', ');
  return [gateSection(`${countOf(rows.length, 'more gate')}, ${said}`, rows, report)];
}

export function bullets(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const shown = lines.slice(0, MOST_LINES);
  const more = lines.length > shown.length ? [`${lines.length - shown.length} more.`] : [];
  return [`**${title}**`, '', ...[...shown, ...more].map((line) => `- ${line}`)].join('\n');
}

export function table({ columns, rows }: Pick<Section, 'columns' | 'rows'>, most: number): string {
  return markdownTable([columns.map(({ title }) => title), ...rows.slice(0, most).map((row) => [...row])], {
    align: columns.map(({ align }) => align),
    alignDelimiters: false,
  });
}

function fold(section: Section, most: number): string {
  const { title, says, rows } = section;
  const cut = most < rows.length ? `${most} of ${rows.length} shown.` : '';
  return [
    `<details><summary>${title}</summary>`,
    [says ?? '', most === 0 ? '' : table(section, most), cut].filter((part) => part !== '').join('\n\n'),
    '</details>',
  ].join('\n\n');
}

/** Cuts rows, in halves and from the last fold on, then paragraphs from the last on, until everything fits. */
export function fitMarkdown(opening: readonly string[], folds: readonly Section[], longest: number): string {
  const rendered = folds.map((section) => ({
    section,
    most: section.rows.length,
    text: fold(section, section.rows.length),
  }));
  const parts = [...opening];
  const assemble = (): string => [...parts, ...rendered.map(({ text }) => text)].join('\n\n');
  let text = assemble();
  while (text.length > longest) {
    const last = rendered.findLast(({ most }) => most > 0);
    if (last !== undefined) {
      last.most = Math.floor(last.most / 2);
      last.text = fold(last.section, last.most);
    } else if (rendered.pop() === undefined) {
      // Title, table and reasons alone are too long for so little room.
      if (parts.length === 1) return (parts[0] ?? '').slice(0, longest);
      parts.pop();
    }
    text = assemble();
  }
  return text;
}
