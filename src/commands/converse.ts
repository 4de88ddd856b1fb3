import type { Person } from '../config/commandRights.ts';
import type { CommandRights } from '../config/config.ts';
import { parseCommand, type ParsedCommand } from '../conversation/command.ts';
import { decide } from '../conversation/decide.ts';
import type { Effect } from '../conversation/effect.ts';
import {
  formatReply,
  parseReplyMarker,
  reformatReply,
  repliesIn,
  type Reply,
  type Said,
} from '../conversation/reply.ts';
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
  const obeyed = askedFor(pull, ports.now());
  const seeThrough = async (reply: Reply | undefined, still: () => Promise<Said>): Promise<void> => {
    if (reply?.marker.effect === undefined) return;
    const went = await goOn(reply, reply.marker.effect, pull, still, ports);
    writes += went.writes;
    lookAgainMs = Math.min(lookAgainMs ?? Infinity, went.lookAgainMs ?? Infinity);
  };
  for (const asked of obeyed) {
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
    } else await seeThrough(reply, () => decideNow(asked, pull, progress, ports));
  }
  for (const [to, [reply]] of replies) {
    if (!obeyed.some(({ comment }) => comment.id === to)) await seeThrough(reply, () => Promise.resolve(NO_LONGER));
  }
  return { writes, ...(lookAgainMs !== undefined && lookAgainMs !== Infinity && { lookAgainMs }) };
}

/**
 * What people asked for, oldest first. A comment that was edited is none: what it says now may be somebody else's word, and
 * whoever approved of it did not see it.
 */
function askedFor({ comments }: Pick<PullFacts, 'comments'>, now: Date): readonly AskedFor[] {
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

/** A command that was edited or taken away, or that is a day old. */
const NO_LONGER: Said = {
  kind: 'refused',
  code: 'order_not_met',
  text: 'The comment has changed since, or was left undone for a day. Ask again, if it is still meant.',
};

/** Writes what is going to be done before it is done: the next look finds it and goes on. */
async function begin(asked: AskedFor, pull: PullFacts, progress: HeadProgress, ports: ConversePorts): Promise<void> {
  const said = await decideNow(asked, pull, progress, ports);
  await replyOnce(pull.number, asked.comment.id, asked.line, said, ports);
}

async function decideNow(
  { comment, parsed }: AskedFor,
  pull: PullFacts,
  progress: HeadProgress,
  ports: ConversePorts,
): Promise<Said> {
  return decide(parsed, await situationOf(comment.author.login, pull, progress, ports), ports.links);
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

/** Goes on with what was begun. @param still whether it may be done, asked right before it is. */
async function goOn(
  reply: Reply,
  effect: Effect,
  pull: PullFacts,
  still: () => Promise<Said>,
  ports: ConversePorts,
): Promise<Conversed> {
  const since = ports.now().getTime() - Date.parse(reply.comment.createdAt);
  if (!ports.begun.has(reply.comment.id) && since < TAKEOVER_MS) return { writes: 0, lookAgainMs: TAKEOVER_MS - since };
  const { said, lookAgainMs } = await carryOn(effect, { comment: reply.marker.to, pull, still }, ports);
  const later = lookAgainMs === undefined ? {} : { lookAgainMs };
  if (said === undefined) return { writes: 0, ...later };
  const body = reformatReply(reply, said);
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
