import type { Finding, VerdictKind } from '../evaluation/verdict.ts';
import { allowedBy, commonDecimals, inOrder, nameOf } from './gateRows.ts';
import { countOf, formatNumber, formatSigned } from '../wording/numbers.ts';
import { blocks, type RunReport } from './runReport.ts';
import type { Voice } from './voice.ts';

/** What the title says by a sign: nothing stands in the way, something does, or nothing was settled. */
export type Sign = 'good' | 'bad' | 'open';

export function signOfReport(report: RunReport): Sign {
  const { kind } = report.judgement.verdict;
  if (blocks(report)) return 'bad';
  return kind === 'accepted' ? 'good' : 'open';
}

const SAID: { readonly [kind in VerdictKind]: string } = {
  accepted: 'accepted',
  rejected: 'rejected',
  inconclusive: 'inconclusive',
  'not-compared': 'not compared',
};

/** Verdict and number in one line: `digits rejected: recall[8] −0.102 against digits@v1 (Δ > −0.1)`. */
export function headline(report: RunReport, voice: Voice): string {
  const { verdict, findings } = report.judgement;
  const kind = SAID[verdict.kind];
  const blocked = verdict.blocks && verdict.kind !== 'rejected' ? ', and blocked' : '';
  const open = verdict.kind === 'inconclusive' && !verdict.blocks ? ', not blocked' : '';
  const anomalies = report.anomalies.length === 0 ? '' : ` · ${anomaliesOf(report.anomalies.length)}`;
  const leading = inOrder(findings)[0];
  const number = leading === undefined ? leadingObservation(report, voice) : `: ${numberOf(leading, report, voice)}`;
  const others = otherBlocking(findings, leading);
  return `${report.model} ${kind}${blocked}${open}${number}${others}${anomalies}`;
}

function anomaliesOf(count: number): string {
  return count === 1 ? '1 anomaly' : `${count} anomalies`;
}

function numberOf(finding: Finding, report: RunReport, voice: Voice): string {
  const name = voice.name(nameOf(finding));
  const decimals = commonDecimals(report.judgement.findings)(finding);
  const { candidate, difference, kind, bounds } = finding;
  const against = report.baseline === undefined ? '' : ` against ${voice.name(report.baseline.label)}`;
  const bound = bounds.find((each) => each.kind === kind);
  const allowed = bound === undefined ? '' : ` (${allowedBy(bound)})`;
  const value = candidate === undefined ? '' : ` ${formatNumber(candidate, decimals)}`;
  const change = difference === undefined ? value : ` ${formatSigned(difference, decimals)}${against}`;
  switch (kind) {
    case 'bound-missed':
      return `${name}${value}${allowed}`;
    case 'regressed':
    case 'not-improved':
      return `${name}${change}${allowed}`;
    case 'inconclusive':
      return `${name}${bound?.bound === 'min' || bound?.bound === 'max' ? value : change} does not settle ${bound === undefined ? 'it' : allowedBy(bound)}`;
    case 'candidate-not-measured':
      return `${name} could not be measured`;
    case 'baseline-not-measured':
      return `${name} could not be measured${against === '' ? '' : ` for ${voice.name(report.baseline?.label ?? '')}`}`;
    case 'identical':
      return `the same bytes as ${voice.name(report.baseline?.label ?? 'the baseline')}`;
    case 'no-baseline':
      return `${name}${value}, and nothing to compare with`;
    case 'met':
      return difference === undefined ? `${name}${value}, and nothing to compare with` : `${name}${change}`;
  }
}

function leadingObservation(report: RunReport, voice: Voice): string {
  const first = report.judgement.observations.find(({ candidate }) => candidate !== undefined);
  if (first?.candidate === undefined) return '';
  const decimals = commonDecimals(report.judgement.observations)(first);
  const change =
    first.difference === undefined || report.baseline === undefined
      ? formatNumber(first.candidate, decimals)
      : `${formatSigned(first.difference, decimals)} against ${voice.name(report.baseline.label)}`;
  return `: ${voice.name(nameOf(first))} ${change}, and no gate`;
}

function otherBlocking(findings: readonly Finding[], leading: Finding | undefined): string {
  const others = findings.filter((finding) => finding.blocks && finding !== leading).length;
  return others === 0 ? '' : `, and ${countOf(others, 'more gate')}`;
}

/** Who is compared, on what, and how much the verdict is worth. */
export function underline(report: RunReport, voice: Voice): string {
  const { candidate, baseline, holdout } = report;
  const { assurance } = report.judgement.verdict;
  const version = ({ label, digest }: { label: string; digest: string }): string => {
    const short = digest.slice(0, 8);
    // What was just trained has no name yet but its digest.
    if (label === 'candidate') return voice.strong(voice.name(short));
    return label.includes(short)
      ? voice.strong(voice.name(label))
      : `${voice.strong(voice.name(label))} (${voice.name(short)})`;
  };
  const models =
    baseline === undefined
      ? `Candidate ${version(candidate)}, a first version: no champion to compare with`
      : `Candidate ${version(candidate)} against ${version(baseline)}`;
  return [`${models}, on ${countOf(holdout.rows, 'row')}`, ASSURANCE[assurance], looks(holdout.looks)].join(' · ');
}

const ASSURANCE = {
  advisory: 'advisory: judged where it was trained',
  judged: 'judged apart from training',
  sealed: 'judged on a sealed holdout',
} as const;

function looks(count: number): string {
  if (count <= 1) return 'first look at this holdout';
  return `${countOf(count, 'candidate')} judged on this holdout so far`;
}
