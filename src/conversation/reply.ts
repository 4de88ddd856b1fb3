import * as v from 'valibot';
import type { PullComment } from '../pullRequest/pullFacts.ts';
import { markdownVoice as voice } from '../report/voice.ts';
import type { Effect, ReasonCode } from './effect.ts';

/** What a reply knows of itself. */
export interface ReplyMarker {
  /** The comment that it answers. */
  readonly to: number;
  /** Still to be done, or to be seen to its end; absent once it is over. */
  readonly effect?: Effect;
}

/** A comment of ours that answers one of somebody else's. */
export interface Reply {
  readonly comment: PullComment;
  readonly marker: ReplyMarker;
}

/** What a reply says. */
export type Said =
  | { readonly kind: 'told'; readonly text: string }
  | { readonly kind: 'pending'; readonly text: string; readonly effect: Effect }
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'refused'; readonly code: ReasonCode; readonly text: string };

const START = '<!-- touchstone:reply ';
const END = ' -->';

const wholeNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const run = v.strictObject({ id: wholeNumber, attempt: wholeNumber });
const effect: v.GenericSchema<unknown, Effect> = v.variant('kind', [
  v.strictObject({ kind: v.literal('rerun'), run, job: v.exactOptional(wholeNumber) }),
  v.strictObject({ kind: v.literal('approve'), run }),
  v.strictObject({
    kind: v.literal('override'),
    run,
    dispatches: wholeNumber,
    dispatchedAt: v.exactOptional(v.pipe(v.string(), v.isoTimestamp())),
  }),
]);
const marker: v.GenericSchema<unknown, ReplyMarker> = v.strictObject({
  to: wholeNumber,
  effect: v.exactOptional(effect),
});

const SIGNS: { readonly [kind in Said['kind']]: string } = { told: '', pending: '⏳ ', done: '✅ ', refused: '❌ ' };

/** The body of a reply: marker, the line that it answers, and what came of it. Nothing in it is read as a command again. */
export function formatReply(to: number, line: string, said: Said): string {
  return withSaid(to, voice.command(line), said);
}

/** A reply that stands, with what came of it: the line that it answers stays, whatever its comment says by now. */
export function reformatReply({ comment, marker: { to } }: Reply, said: Said): string {
  const [, quoted = ''] = comment.body.split(/\r?\n\r?\n/, 2);
  return withSaid(to, quoted, said);
}

function withSaid(to: number, quoted: string, said: Said): string {
  const written: ReplyMarker = { to, ...(said.kind === 'pending' && { effect: said.effect }) };
  const code = said.kind === 'refused' ? `\n\n<sub>Reason: ${voice.name(said.code)}</sub>` : '';
  return `${START}${JSON.stringify(written)}${END}\n\n${quoted}\n\n${SIGNS[said.kind]}${said.text}${code}\n`;
}

/** The marker that a comment begins with; who wrote it is another matter. */
export function parseReplyMarker(body: string): ReplyMarker | undefined {
  const [line = ''] = body.split(/\r?\n/, 1);
  if (!line.startsWith(START) || !line.endsWith(END)) return undefined;
  try {
    const parsed = v.safeParse(marker, JSON.parse(line.slice(START.length, -END.length)));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Our replies by the comment that they answer, of several to one the first to come first. */
export function repliesIn(comments: readonly PullComment[]): ReadonlyMap<number, readonly Reply[]> {
  const found = new Map<number, Reply[]>();
  for (const comment of comments.toSorted((a, b) => a.id - b.id)) {
    const read = comment.own ? parseReplyMarker(comment.body) : undefined;
    if (read !== undefined) found.set(read.to, [...(found.get(read.to) ?? []), { comment, marker: read }]);
  }
  return found;
}
