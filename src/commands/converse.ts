import type { Person } from '../config/commandRights.ts';
import type { CommandRights } from '../config/config.ts';
import { parseCommand, type ParsedCommand } from '../conversation/command.ts';
import { decide } from '../conversation/decide.ts';
import type { Effect } from '../conversation/effect.ts';
import { formatReply, parseReplyMarker, repliesIn, type Reply, type Said } from '../conversation/reply.ts';
import type { Situation } from '../conversation/situation.ts';
import type { Answers } from '../pullRequest/answers.ts';
import type { Links } from '../pullRequest/commentText.ts';
import type { HeadProgress, TrainingJob } from '../pullRequest/headProgress.ts';
import type { PullComment, PullFacts } from '../pullRequest/pullFacts.ts';
import { carryOn, type EffectPorts } from './carryOn.ts';

export interface ConversePorts extends EffectPorts {
  readonly people: { personOf(login: string): Promise<Person> };
  /** Rights as the default branch's configuration gives them. */
  rights(ruling: PullFacts['ruling']): CommandRights;
  /** Puts 👀 on a comment: it was seen. Twice is once. */
  see(comment: number): Promise<void>;
  jobsOf(progress: HeadProgress): Promise<readonly TrainingJob[]>;
  readonly answersOf: Pick<Answers, 'comments' | 'createComment' | 'editComment' | 'deleteComment'>;
  readonly links: Links;
  /** Replies that this process began: nobody else goes on with them before {@link TAKEOVER_MS} are over. */
  readonly begun: { has(reply: number): boolean; add(reply: number): unknown };
}

/** Older ones are not obeyed: whoever wrote them has long done otherwise. */
const OLDEST_COMMAND_MS = 24 * 3600 * 1000;
/** After so long whoever began a reply has died. */
const TAKEOVER_MS = 60_000;

interface AskedFor {
  readonly comment: PullComment;
  readonly parsed: Exclude<ParsedCommand, { readonly kind: 'none' }>;
  readonly line: string;
}

/** How often something was written, and when to look again where something is still going on. */
export interface Conversed {
  readonly writes: number;
  readonly lookAgainMs?: number;
}

/** Answers the commands of a pull request that have no answer yet, and sees those through that were begun. */
export async function converse(pull: PullFacts, progress: HeadProgress, ports: ConversePorts): Promise<Conversed> {
  const replies = repliesIn(pull.comments);
  let writes = 0;
  let lookAgainMs: number | undefined;
  for (const asked of askedFor(pull, ports.now())) {
    const [reply, ...doubles] = replies.get(asked.comment.id) ?? [];
    for (const { comment } of doubles) {
      await ports.answersOf.deleteComment(comment.id);
      writes += 1;
    }
    if (!asked.comment.seen) {
      await ports.see(asked.comment.id);
      writes += 1;
    }
    if (reply === undefined) {
      await begin(asked, pull, progress, ports);
      writes += 1;
    } else if (reply.marker.effect !== undefined) {
      const went = await goOn(asked, reply, reply.marker.effect, pull, progress, ports);
      writes += went.writes;
      lookAgainMs = Math.min(lookAgainMs ?? Infinity, went.lookAgainMs ?? Infinity);
    }
  }
  return { writes, ...(lookAgainMs !== undefined && lookAgainMs !== Infinity && { lookAgainMs }) };
}

/**
 * What people asked for, oldest first. A comment that was edited is none: what it says now may be somebody else's word, and
 * whoever approved of it did not see it.
 */
export function askedFor({ comments }: Pick<PullFacts, 'comments'>, now: Date): readonly AskedFor[] {
  return comments
    .filter(({ author, edited, createdAt }) => {
      const isFresh = now.getTime() - Date.parse(createdAt) <= OLDEST_COMMAND_MS;
      return author.kind === 'person' && !edited && isFresh;
    })
    .flatMap((comment) => {
      const parsed = parseCommand(comment.body);
      const [line = ''] = comment.body.split(/\r?\n/, 1);
      return parsed.kind === 'none' ? [] : [{ comment, parsed, line: line.trimEnd() }];
    })
    .toSorted((a, b) => a.comment.id - b.comment.id);
}

/** Writes what is going to be done before it is done: the next look finds it and goes on. */
async function begin(
  { comment, parsed, line }: AskedFor,
  pull: PullFacts,
  progress: HeadProgress,
  ports: ConversePorts,
): Promise<void> {
  const situation = await situationOf(comment.author.login, pull, progress, ports);
  await replyOnce(pull.number, comment.id, line, decide(parsed, situation, ports.links), ports);
}

async function situationOf(
  login: string,
  pull: PullFacts,
  progress: HeadProgress,
  ports: ConversePorts,
): Promise<Situation> {
  const person = await ports.people.personOf(login);
  return { pull, progress, person, jobs: await ports.jobsOf(progress), rights: ports.rights(pull.ruling) };
}

/** Goes on with what was begun, once it is seen again that it may be done. */
async function goOn(
  { comment, parsed, line }: AskedFor,
  reply: Reply,
  effect: Effect,
  pull: PullFacts,
  progress: HeadProgress,
  ports: ConversePorts,
): Promise<Conversed> {
  const since = ports.now().getTime() - Date.parse(reply.comment.createdAt);
  if (!ports.begun.has(reply.comment.id) && since < TAKEOVER_MS) return { writes: 0, lookAgainMs: TAKEOVER_MS - since };
  const still = async (): Promise<Said> =>
    decide(parsed, await situationOf(comment.author.login, pull, progress, ports), ports.links);
  const { said, lookAgainMs } = await carryOn(effect, { comment: comment.id, pull, still }, ports);
  const later = lookAgainMs === undefined ? {} : { lookAgainMs };
  if (said === undefined) return { writes: 0, ...later };
  const body = formatReply(comment.id, line, said);
  if (body === reply.comment.body) return { writes: 0, ...later };
  await ports.answersOf.editComment(reply.comment.id, body);
  return { writes: 1, ...later };
}

const TRIES = 2;

/** Of two that are written at the same time the first one stays. */
async function replyOnce(
  pull: number,
  to: number,
  line: string,
  said: Said,
  { answersOf, begun }: ConversePorts,
): Promise<void> {
  const body = formatReply(to, line, said);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const made = await answersOf.createComment(pull, body);
    const ours = (await answersOf.comments(pull))
      .filter((each) => each.own && parseReplyMarker(each.body)?.to === to)
      .map(({ id }) => id);
    if (made.kind === 'created') ours.push(made.id);
    const [first, ...others] = [...new Set(ours)].toSorted((a, b) => a - b);
    for (const id of others) await answersOf.deleteComment(id);
    if (first === undefined) continue;
    if (made.kind === 'unknown' || made.id === first) begun.add(first);
    return;
  }
}
