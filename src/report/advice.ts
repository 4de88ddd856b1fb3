import type { BoundFinding, Finding } from '../evaluation/verdict.ts';
import { allowedBy, commonDecimals, inOrder, nameOf } from './gateRows.ts';
import { formatCount, formatInterval, formatNumber, formatSigned, upTo2Digits } from '../wording/numbers.ts';
import { blocks, type RunReport } from './runReport.ts';
import type { Voice } from './voice.ts';

/** As many reasons as somebody reads; the table has them all. */
export const MOST_LINES = 8;

/** What stands in the way, each thing in a sentence; empty where nothing does. */
export function blockedBy(report: RunReport, voice: Voice): readonly string[] {
  const anomalies = report.anomalies.filter(({ severity }) => severity === 'error');
  return [
    ...blockingFindings(report, voice).map(({ said }) => said),
    ...anomalies.map(({ id, message }) => `${voice.name(id)}: ${voice.prose(message)}.`),
  ];
}

/** The findings that stand in the way, the weightiest first, each with a sentence on why. */
export function blockingFindings(
  { judgement: { findings } }: Pick<RunReport, 'judgement'>,
  voice: Voice,
): readonly { readonly finding: Finding; readonly said: string }[] {
  const decimalsOf = commonDecimals(findings);
  return inOrder(findings)
    .filter((finding) => finding.blocks)
    .map((finding) => ({ finding, said: reason(finding, decimalsOf(finding), voice) }));
}

function reason(finding: Finding, decimals: number, voice: Voice): string {
  const name = voice.name(nameOf(finding));
  const because = finding.because === undefined ? '' : `: ${voice.prose(finding.because)}`;
  switch (finding.kind) {
    case 'bound-missed': {
      const missed = finding.bounds.filter(({ kind }) => kind === 'bound-missed').map(allowedBy);
      return `${name} is ${formatNumber(finding.candidate ?? NaN, decimals)}, and has to be ${missed.join(' and ')}.`;
    }
    case 'regressed':
      return `${name} got worse by more than is allowed: ${comparison(finding, decimals)}${because}.`;
    case 'not-improved':
      return `${name} did not get better by as much as is asked for: ${comparison(finding, decimals)}${because}.`;
    case 'inconclusive':
      return `${name} is not settled: ${comparison(finding, decimals)}${because}.`;
    case 'candidate-not-measured':
      return `${name} could not be measured for the candidate${because}.`;
    case 'baseline-not-measured':
      return `${name} could not be measured for the baseline${because}.`;
    case 'identical':
    case 'no-baseline':
    case 'met':
      return `${name}: ${finding.kind}.`;
  }
}

/** `difference −0.102, interval [−0.201, −0.013], allowed Δ > −0.01`, with the p-value that counts where there is one. */
function comparison(finding: Finding, decimals: number): string {
  const bound = finding.bounds.find(({ kind }) => kind === finding.kind);
  const isValue = bound?.bound === 'min' || bound?.bound === 'max';
  const parts = isValue
    ? [finding.candidate === undefined ? undefined : formatNumber(finding.candidate, decimals)]
    : [
        finding.difference === undefined ? undefined : `difference ${formatSigned(finding.difference, decimals)}`,
        interval(finding, bound, decimals),
      ];
  const allowed = bound === undefined ? finding.allowed : allowedBy(bound);
  const p = finding.adjustedP === undefined ? undefined : `p ${formatP(finding.adjustedP)} after Holm`;
  return [...parts, `allowed ${allowed}`, p].filter((part) => part !== undefined).join(', ');
}

function interval(finding: Finding, bound: BoundFinding | undefined, decimals: number): string | undefined {
  if (bound?.allowed.endsWith('%') === true && bound.interval !== undefined) {
    return `interval with the ${bound.allowed} ${formatInterval(bound.interval, decimals)} around 0`;
  }
  return finding.interval === undefined ? undefined : `interval ${formatInterval(finding.interval, decimals)}`;
}

export function formatP(p: number): string {
  return p < 0.0001 ? '< 0.0001' : p.toPrecision(2);
}

/** Where a report is read, which decides what its reader can do about it; in a conversation comments are commands. */
export type Place = 'clone' | 'pull-request' | 'conversation';

/** What a person can do now, each thing in a sentence. */
export function youCan(report: RunReport, voice: Voice, place: Place = 'clone'): readonly string[] {
  const { findings, verdict } = report.judgement;
  const register = REGISTER[place](report.model, voice);
  if (!blocks(report)) return verdict.kind === 'accepted' ? [register] : [register, ...moreRows(findings, voice)];
  const blocking = findings.filter((finding) => finding.blocks);
  const against = blocking.filter(
    ({ kind }) => kind === 'bound-missed' || kind === 'regressed' || kind === 'not-improved',
  );
  const open = blocking.some(({ kind }) => kind === 'inconclusive');
  const unmeasured = blocking.some(({ kind }) => kind.endsWith('not-measured'));
  const broken = report.anomalies.some(({ severity }) => severity === 'error');
  return [
    ...(broken ? [MEND[place]] : []),
    ...(against.length > 0 ? [`Train a candidate that holds ${named(against, voice)}, and ${AGAIN[place]}.`] : []),
    ...moreRows(blocking, voice),
    ...(unmeasured
      ? ['See that the holdout has rows for every gate, or take out a gate that cannot be measured.']
      : []),
    ...(open
      ? [`Let what is not settled pass: ${voice.name('whenInconclusive: pass')} on its gate${APART[place]}.`]
      : []),
    ...(blocking.length > 0
      ? [`Change the gates in ${voice.name('touchstone.yml')}${APART[place]}, if this is a loss worth taking.`]
      : []),
    ...(place === 'conversation' ? overrides(report.model, blocking, voice) : []),
  ];
}

/** Each with its model, so that it can be copied as it is. */
function overrides(model: string, blocking: readonly Finding[], voice: Voice): readonly string[] {
  const quotable = blocking.filter(({ id }) => !id.includes('"')).slice(0, MOST_NAMED);
  if (quotable.length === 0) return [];
  const commands = quotable.map(({ id }) => {
    const named = `${model}:${id}`;
    return voice.command(`/override ${/\s/.test(named) ? `"${named}"` : named} reason="..."`);
  });
  return [`Let it pass on this commit, for a reason that stays on record: comment ${commands.join(', ')}.`];
}

// A clone registers what it trained last, which is not what a pull request has trained elsewhere.
function registerAfterMerge(model: string, voice: Voice): string {
  return `Merge, then train and register it in a clone of the default branch: ${voice.command(`touchstone run ${model}`)}, ${voice.command(`touchstone register ${model}`)}.`;
}
const REGISTER: { readonly [place in Place]: (model: string, voice: Voice) => string } = {
  clone: (model, voice) => `Register it: ${voice.command(`touchstone register ${model}`)}.`,
  'pull-request': registerAfterMerge,
  conversation: registerAfterMerge,
};
const MEND_DATA = 'Mend the data; if they are right, accept them by an edit of their schema in this pull request.';
const MEND: { readonly [place in Place]: string } = {
  clone: 'Mend the data, or its schema if the data are right.',
  'pull-request': MEND_DATA,
  conversation: MEND_DATA,
};
const AGAIN: { readonly [place in Place]: string } = {
  clone: 'run again',
  'pull-request': 'push it',
  conversation: 'push it',
};
// The gates of the default branch rule.
const APART: { readonly [place in Place]: string } = {
  clone: '',
  'pull-request': ', in a pull request of its own',
  conversation: ', in a pull request of its own',
};

const MOST_NAMED = 4;

function named(findings: readonly Finding[], voice: Voice): string {
  const names = findings.slice(0, MOST_NAMED).map((finding) => voice.name(nameOf(finding)));
  const more = findings.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

// Nobody has so many times the rows: what was measured lies all but on the margin then, and no advice comes of it.
const OUT_OF_REACH = 100;

/** How much more data would settle what is not; the largest need first. */
function moreRows(findings: readonly Finding[], voice: Voice): readonly string[] {
  const needy = findings
    .filter(({ rowsNeeded = 0, effectiveRows }) => {
      return rowsNeeded > effectiveRows && rowsNeeded <= OUT_OF_REACH * effectiveRows;
    })
    .sort((a, b) => (b.rowsNeeded ?? 0) - (a.rowsNeeded ?? 0));
  const shown = needy.slice(0, MOST_NAMED).map((finding) => {
    const unit = finding.evidence?.unit ?? 'rows';
    return `about ${formatCount(upTo2Digits(finding.rowsNeeded ?? 0))} ${unit} for ${voice.name(nameOf(finding))} (${formatCount(finding.effectiveRows)} now)`;
  });
  if (shown.length === 0) return [];
  const more = needy.length - shown.length;
  return [`Put more rows aside to settle it: ${shown.join(', ')}${more > 0 ? `, and ${more} others` : ''}.`];
}
