import { CHECK_NAME } from '../../src/pullRequest/checkOutput.ts';
import { parseMarker } from '../../src/pullRequest/commentMarker.ts';
import { parseReplyMarker } from '../../src/conversation/reply.ts';
import type { Effect } from '../github/actions/scriptedActions.ts';
import type { WorkflowRun } from '../github/state/actions.ts';
import type { CheckRun } from '../github/state/checks.ts';
import type { Comment } from '../github/state/issues.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import { JUDGE, OVERRIDE, PR } from '../app/appWorld.ts';
import type { AppTown, Left, OrderKind } from './appTown.ts';

/** What people are to see of a head, once hours have passed since anything happened. */
type Expected =
  | { readonly kind: 'stands'; readonly check: string; readonly judging?: WorkflowRun; readonly left?: Left }
  | { readonly kind: 'answered'; readonly check: string; readonly judging: WorkflowRun; readonly isUntouched: boolean };

/** All that is not as it must be, each with where it is; reckoned from what GitHub has, without a line of the App's. */
export function departures(town: AppTown): readonly string[] {
  return [
    ...town.pulls.flatMap((pull) => [...ofHead(town, pull), ...ofConversation(town, pull), ...ofEffects(town, pull)]),
    ...ofLeftChecks(town),
    ...ofDispatches(town),
  ];
}

function ofHead(town: AppTown, pull: PullRequest): readonly string[] {
  const wrong: string[] = [];
  const says = (what: string): void =>
    void wrong.push(`#${pull.number} (${pull.state}, ${pull.headSha.slice(0, 7)}): ${what}`);
  const check = checkOn(town, pull.headSha);
  const found = check === undefined ? 'no check' : spoken(check);
  const expected = expectedOf(town, pull);
  if (pull.state === 'closed') {
    if (check !== undefined && check.status !== 'completed') says(`the check is "${found}", though it is closed`);
    if (check !== undefined && expected.kind === 'answered' && !isAs(found, expected.check))
      says(`the check is "${found}", expected "${expected.check}"`);
  } else if (!isAs(found, expected.check)) says(`the check is "${found}", expected "${expected.check}"`);
  if (check?.suite.isRerequested === true) says('somebody asked for the check once more, and it was never answered');
  wrong.push(...ofSticky(town, pull, expected).map((what) => `#${pull.number} (${pull.state}): ${what}`));
  return wrong;
}

function ofSticky(town: AppTown, pull: PullRequest, expected: Expected): readonly string[] {
  const sticky = ours(town, pull).flatMap((comment) => {
    const marker = parseMarker(comment.body);
    return marker === undefined ? [] : [{ comment, marker }];
  });
  const [only, ...others] = sticky;
  const heads = sticky.map(({ marker }) => marker.head.slice(0, 7)).join(', ');
  if (others.length > 0) return [`${sticky.length} comments tell how it stands: of ${heads}`];
  if (only?.comment.minimized !== undefined) return ['the comment that tells how it stands is folded away'];
  if (pull.state === 'closed') return [];
  const pending = only?.comment.body.includes('<!-- touchstone:pending -->') === true;
  if (expected.kind === 'answered') {
    if (only === undefined) return expected.isUntouched ? [] : ['no comment tells how it stands'];
    const { marker } = only;
    if (marker.head !== pull.headSha) return [`the comment tells of ${heads}, the head is answered`];
    if (marker.judging.id !== expected.judging.id || marker.judging.attempt !== expected.judging.attempt.number)
      return [
        `the comment is of judging run ${marker.judging.id}.${marker.judging.attempt}, expected ${expected.judging.id}.${expected.judging.attempt.number}`,
      ];
    if (!expected.check.startsWith(`completed ${marker.conclusion}:`))
      return [`the comment says ${marker.conclusion}, expected ${expected.check}`];
    return pending ? ['the comment of the head says that it is of an earlier one'] : [];
  }
  if (only === undefined) return [];
  if (only.marker.head === pull.headSha)
    return pending ? ['the comment of the head says that it is of an earlier one'] : [];
  const notice = only.comment.body.split('\n').find((line) => line.startsWith('<!-- touchstone:pending -->')) ?? '';
  return notice.includes(pull.headSha.slice(0, 7))
    ? []
    : [`the comment of ${heads} does not say that ${pull.headSha.slice(0, 7)} was pushed`];
}

function expectedOf(town: AppTown, pull: PullRequest): Expected {
  const run = town.repository.actions.runs.findLast(
    ({ path, origin }) =>
      path === PR &&
      origin.headSha === pull.headSha &&
      origin.headBranch === pull.head.ref &&
      origin.headRepository === pull.head.repository,
  );
  if (run === undefined) return stands('completed failure: Not trained: touchstone-pr.yml did not begin');
  if (run.status !== 'completed') {
    const working = run.jobs.filter(({ status }) => status === 'in_progress');
    const [job] = working;
    if (job === undefined) return stands('in_progress -: Waits for a machine');
    return stands(
      working.length > 1 ? `in_progress -: ${working.length} jobs at work` : `in_progress -: At work: ${job.name}`,
    );
  }
  const since = town
    .runsOn(run)
    .filter(({ attempt }) => attempt.startedAt >= run.attempt.startedAt)
    .toSorted((a, b) => b.id - a.id);
  const judging = since.find(({ path }) => path === JUDGE);
  if (judging !== undefined && judging.status !== 'completed') return stands('in_progress -: Judging');
  for (const each of since.filter(({ status }) => status === 'completed')) {
    const left = leftBy(town, each);
    if (left === undefined && each.path === OVERRIDE) continue;
    if (left !== undefined && left.trainedAttempt !== run.attempt.number) continue;
    if (left !== undefined && !(left.isVerdict && each.conclusion !== 'success'))
      return {
        kind: 'answered',
        check: `completed ${left.conclusion}: ${left.title}`,
        judging: each,
        isUntouched: left.isUntouched,
      };
    const came = left === undefined && each.conclusion === 'cancelled' ? 'was cancelled' : 'failed';
    return {
      kind: 'answered',
      check: `completed failure: Could not be judged: the judging job ${came}`,
      judging: each,
      isUntouched: false,
    };
  }
  if (run.conclusion === 'action_required') return stands('completed action_required: Waits for somebody to approve');
  return stands('completed failure: Trained, and nobody has judged it');
}

/** What the latest attempt left, or where it left nothing the one before. */
function leftBy(town: AppTown, judging: WorkflowRun): Left | undefined {
  for (let attempt = judging.attempt.number; attempt > 0; attempt -= 1) {
    const left = town.left.get(`${judging.id}.${attempt}`);
    if (left !== undefined) return left;
  }
  return undefined;
}

function stands(check: string): Expected {
  return { kind: 'stands', check };
}

/** No check of ours is unfinished where nobody waits for it. */
function ofLeftChecks(town: AppTown): readonly string[] {
  const heads = new Set(town.pulls.filter(({ state }) => state === 'open').map(({ headSha }) => headSha));
  return town.repository.checks.suites
    .filter(({ app, sha }) => app === town.world.app && !heads.has(sha))
    .flatMap(({ sha, latest }) =>
      latest
        .filter(({ status }) => status !== 'completed')
        .map((check) => `the check on ${sha.slice(0, 7)}, which is no head, is "${spoken(check)}"`),
    );
}

const COMMAND = /^\/(help|status|retrain|ok-to-train|override|statsu|retrian)(\s|$)/;

/** Whether somebody has to be answered. An edited one may have been answered before. */
function repliesDue(comment: Comment): { readonly least: number; readonly most: number } {
  if (comment.author.type !== 'User' || !COMMAND.test(comment.body)) {
    const wasOne = comment.edited !== undefined && comment.author.type === 'User';
    return { least: 0, most: wasOne ? 1 : 0 };
  }
  return { least: comment.edited === undefined ? 1 : 0, most: 1 };
}

function ofConversation(town: AppTown, pull: PullRequest): readonly string[] {
  const wrong: string[] = [];
  const comments = town.repository.issues.commentsOf(pull.number);
  const replies = ours(town, pull).flatMap((comment) => {
    const marker = parseReplyMarker(comment.body);
    return marker === undefined ? [] : [{ comment, marker }];
  });
  for (const comment of comments.filter(({ author }) => author !== town.world.app.bot)) {
    const said = `#${pull.number}: "${comment.body.split('\n')[0] ?? ''}" of ${comment.author.login}`;
    const { least, most } = repliesDue(comment);
    const to = replies.filter(({ marker }) => marker.to === comment.id);
    if (to.length < least || to.length > most)
      wrong.push(`${said} has ${to.length} replies, expected ${least} to ${most}`);
    if (least === 1 && !town.world.isSeen(comment)) wrong.push(`${said} was not seen`);
    const asked = town.asked.find((each) => each.comment === comment);
    const [first] = to;
    if (asked?.wasAllowed === false && first?.comment.body.includes('✅') === true) wrong.push(`${said} was obeyed`);
  }
  for (const { comment, marker } of replies) {
    if (marker.effect === undefined) continue;
    wrong.push(`#${pull.number}: a reply is pending: ${comment.body.replaceAll(/\s+/g, ' ')}`);
  }
  return wrong;
}

/** GitHub was not told to do anything more often than people asked for it who may. */
function ofEffects(town: AppTown, pull: PullRequest): readonly string[] {
  const ordered = town.world.actions.effects.filter(
    (effect) => effect.by === town.world.app.bot && effect.run.path === PR && isOf(effect.run, pull),
  );
  const count = (...kinds: Effect['kind'][]): number => ordered.filter(({ kind }) => kinds.includes(kind)).length;
  const allowed = (kind: OrderKind): number =>
    town.asked.filter((each) => each.kind === kind && each.pull === pull && each.wasAllowed).length;
  const wrong: string[] = [];
  if (count('rerun', 'rerunJob') > allowed('retrain'))
    wrong.push(
      `#${pull.number}: trained again ${count('rerun', 'rerunJob')} times, asked for ${allowed('retrain')} times`,
    );
  if (count('approve') > allowed('ok-to-train'))
    wrong.push(`#${pull.number}: approved ${count('approve')} times, asked for ${allowed('ok-to-train')} times`);
  return wrong;
}

function ofDispatches(town: AppTown): readonly string[] {
  const wrong: string[] = [];
  const times = new Map<string, number>();
  for (const effect of town.world.actions.effects) {
    if (effect.kind !== 'dispatch' || effect.by !== town.world.app.bot || effect.run.path !== OVERRIDE) continue;
    const comment = effect.inputs['comment'] ?? '';
    times.set(comment, (times.get(comment) ?? 0) + 1);
    const asked = town.asked.find((each) => String(each.comment?.id) === comment);
    if (asked?.kind !== 'override' || !asked.wasAllowed)
      wrong.push(`an override was dispatched that nobody may ask for`);
  }
  for (const [comment, count] of times)
    if (count > 1) wrong.push(`the override of ${comment} was dispatched ${count} times`);
  return wrong;
}

function isOf({ origin }: WorkflowRun, pull: PullRequest): boolean {
  return origin.headBranch === pull.head.ref && origin.headRepository === pull.head.repository;
}

/** What GitHub shows of ours on a commit: the newest of its name. */
function checkOn(town: AppTown, sha: string): CheckRun | undefined {
  return town.repository.checks
    .of(sha, 'latest')
    .find(({ suite, name }) => suite.app === town.world.app && name === CHECK_NAME);
}

function spoken({ status, conclusion, output }: CheckRun): string {
  return `${status} ${conclusion ?? '-'}: ${output.title ?? ''}`;
}

function isAs(found: string, expected: string): boolean {
  return found.startsWith(expected);
}

function ours(town: AppTown, pull: PullRequest): readonly Comment[] {
  return town.repository.issues.commentsOf(pull.number).filter(({ author }) => author === town.world.app.bot);
}
