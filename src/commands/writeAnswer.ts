import { ServiceFailure } from '../failure.ts';
import type { Answers, CommentCreation, WrittenCheck } from '../pullRequest/answers.ts';
import type { CheckOutput } from '../pullRequest/checkOutput.ts';
import { checkId, planCheck, type CheckPlan, type ExistingCheck } from '../pullRequest/checkPlan.ts';
import { historyAfter } from '../pullRequest/commentMarker.ts';
import {
  planComment,
  stickyComments,
  type CommentPlan,
  type ExistingComment,
  type StickyComment,
} from '../pullRequest/commentPlan.ts';
import { commentText, type AnsweredHead } from '../pullRequest/commentText.ts';
import type { RunReference } from '../pullRequest/headJudgement.ts';
import { standingOf, type HeadAnswer } from '../pullRequest/standing.ts';

/** Sees to it that one check stands on a commit, and says what that took. */
export async function writeCheck(
  present: ExistingCheck | undefined,
  output: CheckOutput,
  { head, judging, links }: AnsweredHead,
  answers: Answers,
): Promise<CheckPlan> {
  const plan = planCheck(present, output, judging);
  const check: WrittenCheck = { ...output, head, externalId: checkId(judging), url: links.run(judging.id) };
  if (plan === 'create') await answers.createCheck(check);
  if (plan === 'update') await answers.updateCheck(check);
  return plan;
}

type CommentWriter = Pick<Answers, 'comments' | 'createComment' | 'editComment' | 'retireComment'>;

/** Sees to it that one comment of ours tells of the head, and says what that took. */
export async function writeComment(
  pull: number,
  present: readonly ExistingComment[],
  answer: HeadAnswer,
  of: AnsweredHead,
  answers: CommentWriter,
): Promise<CommentPlan['kind']> {
  const sticky = stickyComments(present, of.head);
  const [before] = sticky;
  const plan = planComment(sticky, standingOf(answer), of);
  const body = commentText(answer, of, historyAfter(before?.marker, of.head));
  switch (plan.kind) {
    case 'leave':
      return plan.kind;
    case 'edit': {
      const isRight = plan.comment.body === body;
      const isGone = !isRight && (await answers.editComment(plan.comment.id, body)) === 'gone';
      await retire(plan.retire, answers);
      if (!isGone) return isRight && plan.retire.length === 0 ? 'leave' : plan.kind;
      // Somebody deleted it just now: what stands has to be told all the same.
      await createOnce(pull, body, of, answers);
      return 'create';
    }
    case 'create':
      // Where no model is touched nobody waits for a word; where something was said before, it is not true any more.
      if (before === undefined && isUntouched(answer)) return 'leave';
      await createOnce(pull, body, of, answers);
      return plan.kind;
  }
}

function isUntouched(answer: HeadAnswer): boolean {
  return answer.kind === 'judged' && answer.judgement.outcome.kind === 'untouched';
}

const TRIES = 2;

/** Writes a comment, and sees to it that it is the only one: another run may have written at the same time. */
async function createOnce(
  pull: number,
  body: string,
  { head, judging }: AnsweredHead,
  answers: CommentWriter,
): Promise<void> {
  let failure = '';
  for (let tries = 0; tries < TRIES; tries += 1) {
    const made = await answers.createComment(pull, body);
    const sticky = stickyComments(withCreated(await answers.comments(pull), made, body), head);
    if (made.kind === 'created' || sticky.some(({ marker }) => isSame(marker.judging, judging))) {
      return retire(sticky.slice(1), answers);
    }
    failure = made.because;
  }
  throw new ServiceFailure('github-failed', {
    where: `pull request #${pull}`,
    found: `the comment could not be written (${failure})`,
    remedy: 'Run the job again: the check stands, and nothing is written twice',
  });
}

/** What was written is there, whether or not the list that was read after it has it yet. */
function withCreated(
  comments: readonly ExistingComment[],
  made: CommentCreation,
  body: string,
): readonly ExistingComment[] {
  if (made.kind === 'unknown' || comments.some(({ id }) => id === made.id)) return comments;
  return [...comments, { id: made.id, nodeId: made.nodeId, body, own: true }];
}

function isSame(a: RunReference, b: RunReference): boolean {
  return a.id === b.id && a.attempt === b.attempt;
}

async function retire(comments: readonly StickyComment[], answers: CommentWriter): Promise<void> {
  for (const comment of comments) await answers.retireComment(comment);
}
