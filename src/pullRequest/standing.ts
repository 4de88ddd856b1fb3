import type { VerdictKind } from '../evaluation/verdict.ts';
import { headline } from '../report/headline.ts';
import { blocks, type RunReport } from '../report/runReport.ts';
import { plainVoice, type Voice } from '../report/voice.ts';
import { countOf } from '../wording/numbers.ts';
import type { HeadJudgement, JudgedSection, ModelSection, NotJudged } from './headJudgement.ts';
import type { Override } from './override.ts';

/**
 * What the check says at a glance. Never `neutral` or `skipped`: GitHub counts both as passing.
 * https://docs.github.com/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks
 */
export interface Standing {
  readonly conclusion: Conclusion;
  /** One line, foreign names in it. */
  readonly title: string;
}

export const CONCLUSIONS = ['success', 'failure', 'action_required'] as const;
export type Conclusion = (typeof CONCLUSIONS)[number];

/** What there is to answer a head with: what judging it came to, or why it came to nothing. */
export type HeadAnswer =
  | { readonly kind: 'judged'; readonly judgement: HeadJudgement }
  | { readonly kind: 'unjudged'; readonly because: Unjudged };

/** Why nothing is known of a head, though it was to be judged. */
export type Unjudged =
  | { readonly kind: 'judging-failed' }
  | { readonly kind: 'judging-cancelled' }
  /** The job ended well and left no document, or a part of one. */
  | { readonly kind: 'no-judgement' }
  /** What it left is not a judgement, or not of this head. */
  | { readonly kind: 'invalid-judgement'; readonly problems: readonly string[] }
  /** What was found could not be put on record, so that it does not stand. */
  | { readonly kind: 'not-recorded'; readonly problem: string }
  /** Another verdict on the same comparison is on record. */
  | { readonly kind: 'contradicted'; readonly models: readonly string[] };

const UNJUDGED: { readonly [kind in Unjudged['kind']]: string } = {
  'judging-failed': 'Could not be judged: the judging job failed',
  'judging-cancelled': 'Could not be judged: the judging job was cancelled or ran out of time',
  'no-judgement': 'Could not be judged: the judging job left no judgement',
  'invalid-judgement': 'Could not be judged: what the judging job left is not a judgement of this commit',
  'not-recorded': 'Could not be recorded: the registry failed',
  contradicted: 'Could not be judged: another verdict on the same comparison is on record',
};

export function standingOf(answer: HeadAnswer, voice: Voice = plainVoice): Standing {
  if (answer.kind === 'unjudged') return { conclusion: 'failure', title: UNJUDGED[answer.because.kind] };
  const { outcome } = answer.judgement;
  switch (outcome.kind) {
    case 'begins':
      return { conclusion: 'success', title: 'Starts with this merge: from then on models are judged' };
    case 'invalid-config':
      return {
        conclusion: 'failure',
        title: `touchstone.yml cannot be read: ${countOf(outcome.problems.length, 'problem')}`,
      };
    case 'untouched':
      return { conclusion: 'success', title: 'No model is touched' };
    case 'waits-for-approval':
      return { conclusion: 'action_required', title: 'Waits for somebody to approve the run that trains' };
    case 'models':
      return standingOfModels(outcome.sections, voice);
  }
}

/** The worst of several stands for all: its title, after a count of how they stand. */
function standingOfModels(sections: readonly ModelSection[], voice: Voice): Standing {
  const worst = worstFirst(sections)[0];
  if (worst === undefined) throw new TypeError('A judgement of models names one at least.');
  const standing = standingOfSection(worst, voice);
  if (sections.length === 1) return standing;
  return { ...standing, title: `${countOfStandings(sections)} · ${standing.title}` };
}

/** `3 models: 1 rejected, 2 accepted`. */
export function countOfStandings(sections: readonly ModelSection[]): string {
  const counts = new Map<string, number>();
  for (const section of worstFirst(sections)) {
    const word = wordOf(section);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const summed = [...counts].map(([word, count]) => `${count} ${word}`);
  return `${countOf(sections.length, 'model')}: ${summed.join(', ')}`;
}

const WORST_FIRST: readonly Conclusion[] = ['failure', 'action_required', 'success'];

/** Sections by what they mean for the merge, the worst first, each kind in the order of the configuration. */
export function worstFirst(sections: readonly ModelSection[]): readonly ModelSection[] {
  const rank = (section: ModelSection): number => WORST_FIRST.indexOf(standingOfSection(section).conclusion);
  return [...sections].sort((a, b) => rank(a) - rank(b));
}

export function standingOfSection(section: ModelSection, voice: Voice = plainVoice): Standing {
  const name = section.model;
  switch (section.kind) {
    case 'judged': {
      const run = ruledRun(section);
      const accepted = section.acceptedAnomalies.length;
      const title = `${headline(run, voice)}${accepted === 0 ? '' : `, ${accepted} accepted here`}${overriddenBy(section, voice)}`;
      return { conclusion: concludes(run), title };
    }
    case 'new':
      return { conclusion: 'success', title: `${name} is new: reported, and judged once it is merged` };
    case 'removed': {
      const gone = section.renamedTo === undefined ? 'removed' : `renamed to ${section.renamedTo}`;
      if (section.overridden !== undefined) {
        return { conclusion: 'success', title: `${name} is ${gone}${overriddenBy(section, voice)}` };
      }
      return { conclusion: 'action_required', title: `${name} is ${gone}: that needs an override` };
    }
    case 'not-judged':
      return { conclusion: 'failure', title: `${name} could not be judged: ${NOT_JUDGED[section.because]}` };
  }
}

export const NOT_JUDGED: { readonly [because in NotJudged]: string } = {
  'training-failed': 'its training failed',
  'training-cancelled': 'its training was cancelled',
  'training-timed-out': 'its training ran out of time',
  'not-trained': 'its training left no candidate',
  'candidate-refused': 'its candidate was refused',
  'data-broken': 'its data are broken',
};

function concludes(run: RunReport): Conclusion {
  if (!blocks(run)) return 'success';
  return run.judgement.verdict.kind === 'rejected' ? 'failure' : 'action_required';
}

function overriddenBy({ overridden = [] }: { readonly overridden?: readonly Override[] }, voice: Voice): string {
  const people = [...new Set(overridden.map(({ by }) => voice.prose(by)))];
  return people.length === 0 ? '' : `, overridden by ${people.join(' and ')}`;
}

/** One word for a section, where several are counted. */
export function wordOf(section: ModelSection): string {
  switch (section.kind) {
    case 'judged': {
      const run = ruledRun(section);
      const { kind } = run.judgement.verdict;
      return kind !== 'rejected' && blocks(run) ? `${WORDS[kind]} and blocked` : WORDS[kind];
    }
    case 'new':
      return 'new';
    case 'removed':
      return section.renamedTo === undefined ? 'removed' : 'renamed';
    case 'not-judged':
      return 'not judged';
  }
}

const WORDS: { readonly [kind in VerdictKind]: string } = {
  accepted: 'accepted',
  rejected: 'rejected',
  inconclusive: 'inconclusive',
  'not-compared': 'not compared',
};

/**
 * The run as it counts here: an anomaly that the pull request's own schema accepts is told and does not block, nor does a
 * finding that somebody with the right to has overridden.
 */
export function ruledRun(section: JudgedSection): RunReport {
  return withOverridden(withAccepted(section), section.overridden ?? []);
}

function withAccepted({ run, acceptedAnomalies }: JudgedSection): RunReport {
  if (acceptedAnomalies.length === 0) return run;
  const accepted = new Set(acceptedAnomalies);
  return {
    ...run,
    anomalies: run.anomalies.map((anomaly) =>
      accepted.has(anomaly.id)
        ? {
            ...anomaly,
            severity: 'warning',
            message: `accepted by the schema of this pull request: ${anomaly.message}`,
          }
        : anomaly,
    ),
  };
}

function withOverridden(run: RunReport, overridden: readonly Override[]): RunReport {
  if (overridden.length === 0) return run;
  const { judgement } = run;
  const findings = judgement.findings.map((finding) => {
    const override = overridden.find(({ of }) => of.kind === 'finding' && of.id === finding.id);
    if (override === undefined || !finding.blocks) return finding;
    return { ...finding, blocks: false, because: `overridden by ${override.by}: ${override.reason}` };
  });
  const blocks = findings.some((finding) => finding.blocks);
  return { ...run, judgement: { ...judgement, findings, verdict: { ...judgement.verdict, blocks } } };
}
