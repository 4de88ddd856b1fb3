import path from 'node:path/posix';
import { parseConfig } from '../config/parseConfig.ts';
import { UserMistake } from '../failure.ts';
import type { RepositoryName } from '../identity/git.ts';
import { othersOf, type RecordedAnswer } from '../pullRequest/answerDocument.ts';
import {
  expectedEnd,
  isOverdue,
  runsOfHead,
  type HeadProgress,
  type JudgingFacts,
  type TrainingJob,
  type TrainingRun,
} from '../pullRequest/headProgress.ts';
import type { RunReference } from '../pullRequest/headJudgement.ts';
import { runOfCheck } from '../pullRequest/checkPlan.ts';
import { PULL_REQUEST_WORKFLOW } from '../pullRequest/identifyRun.ts';
import { readJudgingWorkflow } from '../pullRequest/judgingWorkflow.ts';
import type { PullFacts } from '../pullRequest/pullFacts.ts';
import type { CommitSha } from '../identity/git.ts';
import type { Unjudged } from '../pullRequest/standing.ts';

/** What is read of a head's runs. */
export interface HeadPorts {
  readonly now: () => Date;
  readonly repository: RepositoryName;
  readonly runs: {
    /** Of whatever workflow and branch. */
    ofHead(head: CommitSha): Promise<readonly TrainingRun[]>;
    jobs(run: RunReference): Promise<readonly TrainingJob[]>;
    /** How long jobs took, by their names, in a run that went well; empty where there is none. */
    durations(): Promise<ReadonlyMap<string, number>>;
  };
  readonly judgings: {
    /**
     * The runs of the default branch's workflows that leave an answer for this one, the newest first.
     * @param known one of them, where that is known: of an old run the newest may lie far back.
     */
    of(run: TrainingRun, ruling: PullFacts['ruling'], known?: number): Promise<readonly JudgingFacts[]>;
  };
  readonly answers: { read(judging: RunReference): Promise<ReadAnswer> };
}

type ReadAnswer =
  | { readonly kind: 'read'; readonly answer: RecordedAnswer }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly problems: readonly string[] };

/** How far a head has come, read from GitHub as far as it takes to know. */
export async function followHead(pull: PullFacts, ports: HeadPorts): Promise<HeadProgress> {
  const { ruling } = pull;
  if (ruling.judging === undefined) return withoutWorkflow(pull);
  if (readJudgingWorkflow(ruling.judging)?.answeredBy !== 'app') return { kind: 'not-ours' };
  const [run] = runsOfHead(await ports.runs.ofHead(pull.head), pull, PULL_REQUEST_WORKFLOW);
  if (run === undefined) return withoutRun(pull, ports.now());
  if (run.status !== 'completed') {
    const jobs = await ports.runs.jobs(run);
    const end = expectedEnd(jobs, await ports.runs.durations());
    return { kind: 'training', run, jobs, ...(end && { end }) };
  }
  return followJudging(pull, run, ports);
}

/** Nothing rules yet, or nobody judges by what does. */
function withoutWorkflow({ ruling, proposedConfig }: PullFacts): HeadProgress {
  if (ruling.config !== undefined) return { kind: 'no-workflow' };
  if (proposedConfig === undefined) return { kind: 'not-ours' };
  try {
    const source = { file: path.join('/', 'touchstone.yml'), root: '/', shown: 'touchstone.yml' };
    const { models } = parseConfig(proposedConfig, source).config;
    return { kind: 'begins', models: [...models.keys()] };
  } catch (error) {
    if (!(error instanceof UserMistake)) throw error;
    return { kind: 'invalid-config', problems: error.problems };
  }
}

/** Since when it is awaited, our own check tells. */
function withoutRun({ conflicts, check }: PullFacts, now: Date): HeadProgress {
  if (conflicts) return { kind: 'not-started', because: 'conflicts' };
  const since = check?.startedAt === undefined ? now : new Date(check.startedAt);
  return isOverdue(since, now) ? { kind: 'not-started', because: 'unknown' } : { kind: 'awaited' };
}

async function followJudging(pull: PullFacts, run: TrainingRun, ports: HeadPorts): Promise<HeadProgress> {
  const known = pull.check === undefined ? undefined : runOfCheck(pull.check.externalId)?.id;
  const ruling = { ...pull.ruling, overriding: pull.ruling.overriding && mayBeOverridden(pull) };
  const judgings = await ports.judgings.of(run, ruling, known);
  const newest = judgings.find(({ by }) => by === 'judge');
  if (newest !== undefined && newest.status !== 'completed') return { kind: 'judging', run, judging: newest };
  for (const judging of judgings.filter(({ status }) => status === 'completed')) {
    const read = await ports.answers.read(judging);
    if (read.kind === 'read' && read.answer.trained.id === run.id && read.answer.trained.attempt !== run.attempt)
      continue;
    // One that lets something pass adds an answer, or leaves the one before as it is.
    if (read.kind !== 'read' && judging.by === 'override') continue;
    const measured = judgings.find(({ by, status }) => by === 'judge' && status === 'completed');
    return { ...answeredBy(judging, read, pull, run, ports), ...(measured && { measured }) };
  }
  if (run.conclusion === 'action_required') return { kind: 'waits-for-approval', run };
  return isOverdue(run.updatedAt, ports.now()) ? { kind: 'unheard', run } : { kind: 'judging', run };
}

/** Whoever asked for it wrote it, and our reply repeats it; what is on record already, the check names. */
function mayBeOverridden({ comments }: PullFacts): boolean {
  return comments.some(({ body }) => body.includes('/override'));
}

type AnsweredProgress = Extract<HeadProgress, { readonly kind: 'answered' }>;

function answeredBy(
  judging: JudgingFacts,
  read: ReadAnswer,
  { head }: PullFacts,
  run: TrainingRun,
  { repository }: HeadPorts,
): AnsweredProgress {
  const unjudged = (because: Unjudged): AnsweredProgress => ({
    kind: 'answered',
    run,
    judging,
    answer: { kind: 'unjudged', because },
  });
  switch (read.kind) {
    case 'none':
      return unjudged({ kind: judging.conclusion === 'cancelled' ? 'judging-cancelled' : 'judging-failed' });
    case 'unreadable':
      return unjudged({ kind: 'invalid-judgement', problems: read.problems });
    case 'read': {
      // The job that loads a candidate shares the run, and could leave a verdict in the recording job's name: that one then
      // fails, and the run with it.
      if (read.answer.answer.kind === 'judged' && judging.conclusion !== 'success') {
        return unjudged({ kind: 'judging-failed' });
      }
      const problems = othersOf(read.answer, { repository, head, trained: run });
      if (problems.length > 0) return unjudged({ kind: 'invalid-judgement', problems });
      return { kind: 'answered', run, judging, answer: read.answer.answer };
    }
  }
}
