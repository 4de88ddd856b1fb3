import type { Judgement, Verdict } from '../../src/evaluation/verdict.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { parseCommitSha, parseRepositoryName } from '../../src/identity/git.ts';
import { parseModelName } from '../../src/identity/names.ts';
import type { AnsweredHead } from '../../src/pullRequest/commentText.ts';
import type {
  HeadJudgement,
  HeadOutcome,
  JudgedSection,
  ModelSection,
  NotJudgedSection,
} from '../../src/pullRequest/headJudgement.ts';
import type { HeadAnswer } from '../../src/pullRequest/standing.ts';
import type { RunReport } from '../../src/report/runReport.ts';
import { finding, inconclusive, regressed, report, TRAINING } from '../report/report.ts';

export const REPOSITORY = parseRepositoryName('octocat/churn');
export const HEAD = parseCommitSha('a'.repeat(40));
const POLICY_COMMIT = parseCommitSha('d'.repeat(40));

export function verdict(kind: Verdict['kind'], blocks: boolean): Verdict {
  return { kind, compared: true, assurance: 'judged', blocks };
}

/** A model that was judged by some findings, and everything that follows from them. */
export function judged(
  model: string,
  judgement: Pick<Judgement, 'verdict' | 'findings'>,
  change: Partial<Omit<JudgedSection, 'run'>> & { readonly run?: Partial<RunReport> } = {},
): JudgedSection {
  const { run: changed = {}, ...rest } = change;
  const run: RunReport = {
    ...report({ model: parseModelName(model), judgement, training: { ...TRAINING, model: parseModelName(model) } }),
    ...changed,
  };
  const lasting = ({ metric }: { readonly metric: string }): boolean => metric !== 'latencyMs';
  return {
    kind: 'judged',
    model: parseModelName(model),
    run,
    verdict: {
      comparison: {
        candidate: run.candidate.digest,
        ...(run.baseline && { baseline: run.baseline.digest }),
        holdout: run.holdout.digest,
        policy: run.policy,
        evaluator: 'touchstone 0.1.0',
        assurance: run.judgement.verdict.assurance,
      },
      judgement: { ...run.judgement, findings: run.judgement.findings.filter(lasting) },
    },
    contentKey: digestOfBytes('content'),
    acceptedAnomalies: [],
    ...rest,
  };
}

export const accepted = (model = 'digits', change?: Parameters<typeof judged>[2]): JudgedSection =>
  judged(model, { verdict: verdict('accepted', false), findings: [finding()] }, change);

export const rejected = (model = 'digits', change?: Parameters<typeof judged>[2]): JudgedSection =>
  judged(model, { verdict: verdict('rejected', true), findings: [finding(), regressed(), inconclusive()] }, change);

export const unsettled = (model = 'digits', blocks = true): JudgedSection =>
  judged(model, {
    verdict: verdict('inconclusive', blocks),
    findings: [finding(), inconclusive({ blocks })],
  });

export function notJudged(model: string, change: Partial<NotJudgedSection> = {}): NotJudgedSection {
  return {
    kind: 'not-judged',
    model: parseModelName(model),
    because: 'training-failed',
    problems: [],
    anomalies: [],
    ...change,
  };
}

export function headJudgement(outcome: HeadOutcome, change: Partial<HeadJudgement> = {}): HeadJudgement {
  return {
    repository: REPOSITORY,
    head: HEAD,
    policyCommit: POLICY_COMMIT,
    trained: { id: 101, attempt: 1 },
    outcome,
    ...change,
  };
}

export function ofModels(first: ModelSection, ...others: readonly ModelSection[]): HeadAnswer {
  return { kind: 'judged', judgement: headJudgement({ kind: 'models', sections: [first, ...others] }) };
}

const SITE = 'https://github.com/octocat/churn';
export const ANSWERED: AnsweredHead = {
  head: HEAD,
  judging: { id: 202, attempt: 1 },
  trained: 101,
  links: {
    commit: (sha) => `${SITE}/commit/${sha}`,
    run: (id) => `${SITE}/actions/runs/${id}`,
    report: () => `${SITE}/actions/runs/202#artifacts`,
  },
};

export const OTHER_DIGEST = digestOfBytes('another');
