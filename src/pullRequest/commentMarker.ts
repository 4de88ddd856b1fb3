import * as v from 'valibot';
import { isCommitSha, type CommitSha } from '../identity/git.ts';
import type { RunReference } from './headJudgement.ts';
import { CONCLUSIONS, type Conclusion } from './standing.ts';

/** One head of the pull request, and how it stood. */
export interface JudgedHead {
  readonly head: CommitSha;
  readonly conclusion: Conclusion;
  readonly title: string;
  /** The run that judged it. */
  readonly judging: RunReference;
}

/** What the sticky comment knows of itself: the head that it tells of, and those before, the newest first. */
export interface CommentMarker extends JudgedHead {
  readonly history: readonly JudgedHead[];
}

export const MOST_HEADS = 10;
/** More than this does not fit beside the report. */
const LONGEST_TITLE = 160;

const START = '<!-- touchstone:comment ';
const END = ' -->';

const runReference = v.strictObject({
  id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  attempt: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
});
const judgedHead = {
  head: v.pipe(
    v.string(),
    v.check(isCommitSha, 'expected a commit'),
    v.transform((text) => text as CommitSha),
  ),
  conclusion: v.picklist(CONCLUSIONS),
  title: v.pipe(v.string(), v.maxLength(LONGEST_TITLE)),
  judging: runReference,
};
const marker: v.GenericSchema<unknown, CommentMarker> = v.strictObject({
  ...judgedHead,
  history: v.pipe(v.array(v.strictObject(judgedHead)), v.maxLength(MOST_HEADS)),
});

/** The first line of the comment, which GitHub does not show. Its text holds nothing that ends an HTML comment. */
export function formatMarker(of: CommentMarker): string {
  const bounded = ({ head, conclusion, title, judging }: JudgedHead): JudgedHead => ({
    ...{ head, conclusion },
    title: cut(title),
    judging: { id: judging.id, attempt: judging.attempt },
  });
  const written = { ...bounded(of), history: of.history.slice(0, MOST_HEADS).map(bounded) };
  const json = JSON.stringify(written).replace(/[<>&\-\u007f-\uffff]/g, asEscape);
  return `${START}${json}${END}`;
}

function asEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function cut(title: string): string {
  if (title.length <= LONGEST_TITLE) return title;
  return `${title.slice(0, LONGEST_TITLE - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The marker that a comment begins with; `undefined` where it has none, or one that we did not write. Who wrote it is another matter. */
export function parseMarker(body: string): CommentMarker | undefined {
  const [line = ''] = body.split('\n', 1);
  const written = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (!written.startsWith(START) || !written.endsWith(END)) return undefined;
  try {
    const parsed = v.safeParse(marker, JSON.parse(written.slice(START.length, -END.length)));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** A comment as it is left behind: without the marker, so that it is never taken for the current one. */
export function withoutMarker(body: string): string {
  const text = body.slice(body.indexOf('\n') + 1).replace(/^\s+/, '');
  return `> Superseded: the newest comment of Touchstone tells how this pull request stands.\n\n${text}`;
}

/** What the comment on a new head remembers of the one before. */
export function historyAfter(before: CommentMarker | undefined, head: CommitSha): readonly JudgedHead[] {
  if (before === undefined) return [];
  const { history, ...last } = before;
  return [last, ...history].filter((each) => each.head !== head).slice(0, MOST_HEADS);
}

/** Whether one judging run began after another. */
export function isLater(a: RunReference, b: RunReference): boolean {
  return a.id > b.id || (a.id === b.id && a.attempt > b.attempt);
}
