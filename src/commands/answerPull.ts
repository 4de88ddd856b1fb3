import { digestOfJson } from '../identity/digest.ts';
import type { CommitSha } from '../identity/git.ts';
import type { Answers, WrittenCheck } from '../pullRequest/answers.ts';
import { appCheckId } from '../pullRequest/checkPlan.ts';
import { stickyComments } from '../pullRequest/commentPlan.ts';
import type { Links } from '../pullRequest/commentText.ts';
import type { GateLines } from '../pullRequest/checkAnnotations.ts';
import type { HeadProgress } from '../pullRequest/headProgress.ts';
import { withPendingNotice } from '../pullRequest/pendingNotice.ts';
import { answeredHead, progressOutput, type ProgressOutput } from '../pullRequest/progressOutput.ts';
import type { AppCheck, PullFacts } from '../pullRequest/pullFacts.ts';
import { writeComment } from './writeAnswer.ts';

export interface AnswerPullPorts {
  readonly answersOf: Pick<
    Answers,
    'createCheck' | 'updateCheck' | 'comments' | 'createComment' | 'editComment' | 'retireComment'
  >;
  readonly links: Links;
  /** Lines of the gates in the configuration that rules. */
  gateLines(ruling: PullFacts['ruling']): GateLines;
}

/** What should stand on a commit and does not. */
type CheckChange =
  | { readonly how: 'create'; readonly check: WrittenCheck }
  | { readonly how: 'update'; readonly check: WrittenCheck; readonly standing: AppCheck };

/** Makes check and comment of a pull request what they should be; how many of them were not. */
export async function answerPull(pull: PullFacts, progress: HeadProgress, ports: AnswerPullPorts): Promise<number> {
  let writes = 0;
  for (const change of planChecks(pull, progress, ports)) {
    await writeCheck(change, ports.answersOf);
    writes += 1;
  }
  return writes + (await answerByComment(pull, progress, ports));
}

function writeCheck(change: CheckChange, answers: AnswerPullPorts['answersOf']): Promise<void> {
  switch (change.how) {
    case 'create':
      return answers.createCheck(change.check);
    case 'update':
      return answers.updateCheck(change.check, change.standing);
  }
}

/** The checks that are not as they should be: that of the head, and those of commits that it replaced. */
function planChecks(
  pull: PullFacts,
  progress: HeadProgress,
  ports: Pick<AnswerPullPorts, 'links' | 'gateLines'>,
): readonly CheckChange[] {
  if (progress.kind === 'not-ours') return [];
  const replaced = pull.left.map(({ head, check }) =>
    outdated(head, check, `Replaced by ${pull.head.slice(0, 7)}`, ports),
  );
  if (pull.state === 'closed' && progress.kind !== 'answered') {
    const { check } = pull;
    if (check?.status !== 'unfinished') return replaced;
    return [...replaced, outdated(pull.head, check, 'Closed before it was judged', ports)];
  }
  if (pull.state === 'closed' && pull.check === undefined) return replaced;
  const output = progressOutput(progress, pull, ports.links, ports.gateLines(pull.ruling));
  const change = changeOf(pull.head, pull.check, output);
  return change === undefined ? replaced : [...replaced, change];
}

function changeOf(head: CommitSha, standing: AppCheck | undefined, output: ProgressOutput): CheckChange | undefined {
  const { of, buttons, ...said } = output;
  const externalId = appCheckId(of, digestOfJson(JSON.parse(JSON.stringify({ ...said, buttons })) as never));
  const check: WrittenCheck = { ...said, buttons, head, externalId };
  if (standing === undefined) return { how: 'create', check };
  const status = output.conclusion === undefined ? 'unfinished' : 'completed';
  // A check that somebody has run again is unfinished by GitHub's hand, whatever it says.
  return standing.externalId === externalId && standing.status === status
    ? undefined
    : { how: 'update', check, standing };
}

function outdated(
  head: CommitSha,
  standing: AppCheck,
  title: string,
  { links }: Pick<AnswerPullPorts, 'links'>,
): CheckChange {
  return {
    ...{ how: 'update', standing },
    check: {
      ...{ head, externalId: standing.externalId, title, annotations: [], buttons: [] },
      conclusion: 'cancelled',
      summary: 'Nobody waits for it any more.',
      url: links.commit(head),
    },
  };
}

/** The one comment, where there is something to say; how often it took a request. */
async function answerByComment(pull: PullFacts, progress: HeadProgress, ports: AnswerPullPorts): Promise<number> {
  if (pull.state === 'closed' || progress.kind === 'not-ours') return 0;
  if (progress.kind !== 'answered') return tellThatItIsPending(pull, ports);
  const of = answeredHead(progress, pull, ports.links);
  const done = await writeComment(pull.number, pull.comments, progress.answer, of, ports.answersOf);
  return done === 'leave' ? 0 : 1;
}

/** What stands speaks of another head than one that is not answered yet: it has to say so; and no more, once it is the head again. */
async function tellThatItIsPending({ head, comments }: PullFacts, ports: AnswerPullPorts): Promise<number> {
  const [sticky] = stickyComments(comments, head);
  if (sticky === undefined) return 0;
  const body = withPendingNotice(sticky, head, ports.links);
  if (body === sticky.body) return 0;
  await ports.answersOf.editComment(sticky.id, body);
  return 1;
}
