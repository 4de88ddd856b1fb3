import { ServiceFailure, UserMistake } from '../failure.ts';
import type { CommitSha, RepositoryName } from '../identity/git.ts';
import type { ModelName } from '../identity/names.ts';
import { othersOf, type RecordedAnswer } from '../pullRequest/answerDocument.ts';
import type { AnsweredBy } from '../pullRequest/judgingWorkflow.ts';
import type { Answers, PullRequestRun, Queue } from '../pullRequest/answers.ts';
import type { GateLines } from '../pullRequest/checkAnnotations.ts';
import { checkOutput, type CheckOutput } from '../pullRequest/checkOutput.ts';
import type { CheckPlan } from '../pullRequest/checkPlan.ts';
import type { CommentPlan } from '../pullRequest/commentPlan.ts';
import type { AnsweredHead, Links } from '../pullRequest/commentText.ts';
import type { HeadJudgement, JudgedSection, RunReference } from '../pullRequest/headJudgement.ts';
import { parseHeadJudgement } from '../pullRequest/headJudgementDocument.ts';
import { identifyRun, type JudgingRun, type RunFacts, type RunIdentity } from '../pullRequest/identifyRun.ts';
import { branchOfGroup, pullsOfGroup, standingOfGroup } from '../pullRequest/mergeGroup.ts';
import { withOverrides } from '../pullRequest/overridables.ts';
import { standingOf, type HeadAnswer, type Standing } from '../pullRequest/standing.ts';
import { openRegistry } from '../registry/layout.ts';
import { findVerdict, recordVerdict } from '../registry/verdictRecord.ts';
import type { RegistryStore } from '../registry/store.ts';
import { overridableSections, readOverrides } from './readOverrides.ts';
import { writeCheck, writeComment } from './writeAnswer.ts';

export interface PublishRequest {
  /** The run that asks, and that judged. */
  readonly judging: JudgingRun & RunReference;
  /** The run of touchstone-pr.yml that was judged. */
  readonly run: number;
  /** How the judging job ended, as the workflow says. */
  readonly judged: 'success' | 'failure' | 'cancelled' | 'skipped';
  /** The bytes of `judgement.json`; absent where the job left none. */
  readonly document?: Uint8Array;
  readonly links: Links;
  readonly answeredBy: AnsweredBy;
}

type MergeGroupRun = Extract<RunIdentity, { readonly kind: 'merge-group' }>;

export interface PublishPorts {
  readonly runs: { read(id: number): Promise<RunFacts> };
  readonly answers: Answers;
  readonly queue: Queue;
  /** The models that a head changes, against the default branch; also those that it brings or takes away. */
  touches(head: CommitSha): Promise<readonly ModelName[]>;
  /** Opened where there is something to put on record. */
  store(): Promise<RegistryStore>;
  readonly gateLines: GateLines;
}

/** What there is to say of a run; nothing is written yet. */
export type PublishPlan =
  | {
      readonly kind: 'head';
      readonly repository: RepositoryName;
      readonly of: AnsweredHead;
      readonly run: PullRequestRun;
      readonly answer: HeadAnswer;
      readonly answeredBy: AnsweredBy;
    }
  | {
      readonly kind: 'merge-group';
      readonly of: AnsweredHead;
      readonly shown: { readonly kind: 'to-write'; readonly check: CheckOutput } | LeftToApp;
    };

/** Neither read nor written here: the App sees to it. */
interface LeftToApp {
  readonly kind: 'left-to-app';
}

export type PublishOutcome = PublishedHead | PublishedGroup;

export interface PublishedHead {
  readonly kind: 'head';
  readonly head: CommitSha;
  /** What stands of the head once its verdicts are on record: the document that is left, check and comment say this. */
  readonly answered: RecordedAnswer;
  readonly standing: Standing;
  readonly shown:
    | {
        readonly kind: 'written';
        readonly check: CheckPlan;
        /** By pull request; none for a head that is superseded. */
        readonly comments: readonly { readonly pull: number; readonly done: CommentPlan['kind'] }[];
      }
    | LeftToApp;
  /** Verdicts that this run put on record. */
  readonly recorded: number;
}

export interface PublishedGroup {
  readonly kind: 'merge-group';
  readonly head: CommitSha;
  readonly shown: { readonly kind: 'written'; readonly standing: Standing; readonly check: CheckPlan } | LeftToApp;
}

/**
 * Whose run it is (from this run's own event and the API), and what judging it came to.
 * @throws UserMistake `run-refused` where the run is none that is answered.
 */
export async function planPublish(request: PublishRequest, ports: PublishPorts): Promise<PublishPlan> {
  const identity = identifyRun(request.judging, await ports.runs.read(request.run));
  switch (identity.kind) {
    case 'refused':
      throw new UserMistake('run-refused', identity.problem);
    case 'merge-group':
      return { kind: 'merge-group', of: answered(identity, request), shown: await planGroup(identity, request, ports) };
    case 'pull-request':
      return {
        kind: 'head',
        repository: request.judging.repository,
        of: answered(identity, request),
        run: identity,
        answer: answerOf(request, identity),
        answeredBy: request.answeredBy,
      };
  }
}

function answered({ head, run }: PullRequestRun | MergeGroupRun, { judging, links }: PublishRequest): AnsweredHead {
  return { head, judging: { id: judging.id, attempt: judging.attempt }, trained: run.id, links };
}

type GroupPlan = Extract<PublishPlan, { readonly kind: 'merge-group' }>;

async function planGroup(
  group: MergeGroupRun,
  { answeredBy }: PublishRequest,
  ports: PublishPorts,
): Promise<GroupPlan['shown']> {
  if (answeredBy === 'app') return { kind: 'left-to-app' };
  const branch = group.headBranch === undefined ? undefined : branchOfGroup(group.headBranch);
  const queue = branch === undefined ? [] : await ports.queue.pulls(branch);
  const pulls = pullsOfGroup(queue, group.head);
  const grouped =
    pulls && (await Promise.all(pulls.map(async (pull) => ({ ...pull, touches: await ports.touches(pull.head) }))));
  const { conclusion, title, reasons } = standingOfGroup(grouped);
  const summary =
    reasons.length === 0
      ? 'Nothing was judged again: see the check of each.'
      : reasons.map((each) => `- ${each}`).join('\n');
  return { kind: 'to-write', check: { conclusion, title, summary, annotations: [] } };
}

/** What the judging job left, held against who we know was judged. */
function answerOf({ judged, document, judging }: PublishRequest, identity: PullRequestRun): HeadAnswer {
  if (judged === 'cancelled') return { kind: 'unjudged', because: { kind: 'judging-cancelled' } };
  if (judged === 'failure') return { kind: 'unjudged', because: { kind: 'judging-failed' } };
  if (document === undefined) return { kind: 'unjudged', because: { kind: 'no-judgement' } };
  const parsed = parseHeadJudgement(document);
  const problems =
    parsed.kind === 'invalid'
      ? parsed.problems
      : othersOf(parsed.value, { repository: judging.repository, head: identity.head, trained: identity.run });
  if (parsed.kind === 'invalid' || problems.length > 0) {
    return { kind: 'unjudged', because: { kind: 'invalid-judgement', problems } };
  }
  return { kind: 'judged', judgement: parsed.value };
}

/** Puts verdicts on record, takes up what people said of them, then writes the check and the comments where that is for this job to do. */
export async function applyPublish(plan: PublishPlan, ports: PublishPorts): Promise<PublishOutcome> {
  switch (plan.kind) {
    case 'merge-group':
      return { kind: plan.kind, head: plan.of.head, shown: await showGroup(plan, ports) };
    case 'head':
      return answerHead(plan, ports);
  }
}

async function showGroup({ of, shown }: GroupPlan, ports: PublishPorts): Promise<PublishedGroup['shown']> {
  if (shown.kind === 'left-to-app') return shown;
  const { check } = shown;
  const done = await writeCheck(await ports.queue.check(of.head), check, of, ports.answers);
  return { kind: 'written', standing: check, check: done };
}

type HeadPlan = Extract<PublishPlan, { readonly kind: 'head' }>;

async function answerHead(plan: HeadPlan, ports: PublishPorts): Promise<PublishedHead> {
  const { repository, run } = plan;
  const { head } = plan.of;
  const { answer, recorded } = await putOnRecord(plan.answer, ports);
  const shown = await showHead(answer, plan, ports);
  const answered: RecordedAnswer = { repository, head, trained: run.run, answer };
  return { kind: 'head', head, answered, standing: standingOf(answer), shown, recorded };
}

/**
 * Writes the check and the comments as far as they do not stand already. What stands is read last, for recording may have
 * to wait: a push, or a later run, may have been answered meanwhile.
 */
async function showHead(
  answer: HeadAnswer,
  { of, run, answeredBy }: HeadPlan,
  ports: PublishPorts,
): Promise<PublishedHead['shown']> {
  if (answeredBy === 'app') return { kind: 'left-to-app' };
  const present = await ports.answers.present(run);
  const check = await writeCheck(present.check, checkOutput(answer, of, ports.gateLines), of, ports.answers);
  const comments = [];
  for (const { number: pull, comments: standing } of present.pulls) {
    const done = await writeComment(pull, standing, answer, of, ports.answers);
    comments.push({ pull, done });
  }
  return { kind: 'written', check, comments };
}

/** A verdict that is not on record does not stand: the answer says so instead. */
async function putOnRecord(
  answer: HeadAnswer,
  ports: PublishPorts,
): Promise<{ readonly answer: HeadAnswer; readonly recorded: number }> {
  if (answer.kind === 'unjudged' || answer.judgement.outcome.kind !== 'models') return { answer, recorded: 0 };
  const judged = answer.judgement.outcome.sections.filter((section) => section.kind === 'judged');
  const words = overridableSections(answer.judgement).length > 0;
  if (judged.length === 0 && !words) return { answer, recorded: 0 };
  try {
    const store = await ports.store();
    // Often the first that is ever written there: what is no registry by its first document never becomes one.
    await openRegistry(store, judged.length > 0 ? 'write' : 'read');
    const contradicted: ModelName[] = [];
    let recorded = 0;
    for (const section of judged) {
      const done = await recordSection(store, section);
      if (done === 'contradicted') contradicted.push(section.model);
      if (done === 'recorded') recorded += 1;
    }
    if (contradicted.length === 0) {
      // A head that is judged once more keeps what was overridden on it.
      return { answer: words ? await withWords(answer.judgement, store) : answer, recorded };
    }
    return { answer: { kind: 'unjudged', because: { kind: 'contradicted', models: contradicted } }, recorded };
  } catch (error) {
    if (!(error instanceof ServiceFailure || error instanceof UserMistake)) throw error;
    return { answer: { kind: 'unjudged', because: { kind: 'not-recorded', problem: error.message } }, recorded: 0 };
  }
}

async function withWords(judgement: HeadJudgement, store: RegistryStore): Promise<HeadAnswer> {
  return { kind: 'judged', judgement: withOverrides(judgement, await readOverrides(store, judgement)) };
}

async function recordSection(
  store: RegistryStore,
  { verdict: { comparison, judgement } }: JudgedSection,
): Promise<'recorded' | 'stood' | 'contradicted'> {
  const standing = await findVerdict(store, comparison);
  const { record } = standing ?? (await recordVerdict(store, comparison, judgement));
  const { kind, blocks } = record.judgement.verdict;
  if (kind !== judgement.verdict.kind || blocks !== judgement.verdict.blocks) return 'contradicted';
  return standing === undefined ? 'recorded' : 'stood';
}
