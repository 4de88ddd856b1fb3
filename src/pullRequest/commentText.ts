import type { Place } from '../report/advice.ts';
import { fitMarkdown, SIGNS, table } from '../report/markdown.ts';
import { markdownVoice as voice } from '../report/voice.ts';
import type { CommitSha } from '../identity/git.ts';
import { countOf } from '../wording/numbers.ts';
import { formatMarker, type CommentMarker, type JudgedHead } from './commentMarker.ts';
import { problems, sectionText, type SectionText } from './commentSection.ts';
import type { HeadOutcome, ModelSection, RunReference } from './headJudgement.ts';
import {
  countOfStandings,
  standingOf,
  wordOf,
  worstFirst,
  type Conclusion,
  type HeadAnswer,
  type Unjudged,
} from './standing.ts';

/** GitHub takes 65,536 characters. */
export const LONGEST_COMMENT = 65_000;

/** Where things are to be seen. */
export interface Links {
  commit(sha: CommitSha): string;
  run(id: number): string;
  /** The artifact of a judging run with the whole report. */
  report(judging: number): string;
}

export interface AnsweredHead {
  readonly head: CommitSha;
  readonly judging: RunReference;
  /** The run that has the report; the judging one unless told. */
  readonly reported?: number;
  /** The run that trained. */
  readonly trained: number;
  readonly links: Links;
  /** Whether the App is there, to whom one can answer by a comment. */
  readonly takesCommands?: boolean;
}

/** What a reader can do depends on who reads along. */
export function placeOf({ takesCommands }: Pick<AnsweredHead, 'takesCommands'>): Place {
  return takesCommands === true ? 'conversation' : 'pull-request';
}

/** The sticky comment: marker, verdict, a section for each model, links, and how earlier heads stood. */
export function commentText(answer: HeadAnswer, of: AnsweredHead, history: readonly JudgedHead[]): string {
  const { head, judging } = of;
  const marker: CommentMarker = { ...standingOf(answer), head, judging, history };
  const before = formatMarker(marker);
  const after = [footer(answer, of), earlierHeads(history, of.links)].filter((part) => part !== '').join('\n\n');
  const room = LONGEST_COMMENT - before.length - after.length - '\n\n\n\n'.length;
  return `${before}\n\n${answerText(answer, of, room)}\n\n${after}\n`;
}

/** The comment without what belongs to the comment alone, in so many characters. */
function answerText(answer: HeadAnswer, of: AnsweredHead, longest: number): string {
  if (answer.kind === 'judged' && answer.judgement.outcome.kind === 'models') {
    return modelsText(answer, answer.judgement.outcome.sections, placeOf(of), longest);
  }
  const { conclusion, title } = standingOf(answer, voice);
  return fitMarkdown([`### ${SIGN[conclusion]} ${title}`, ...plainAnswer(answer, of)], [], longest);
}

const SIGN: { readonly [conclusion in Conclusion]: string } = {
  success: SIGNS.good,
  failure: SIGNS.bad,
  action_required: SIGNS.open,
};

function modelsText(answer: HeadAnswer, sections: readonly ModelSection[], place: Place, longest: number): string {
  const [only, ...others] = worstFirst(sections);
  if (only !== undefined && others.length === 0) return unfolded(sectionText(only, place), longest);
  const heading = `### ${SIGN[standingOf(answer).conclusion]} ${countOfStandings(sections)}`;
  const opening = `${heading}\n\n${overview(sections)}`;
  return [opening, ...fittedSections(sections, place, longest - opening.length - 2)].join('\n\n');
}

const MOST_MODELS = 40;

/** How each model stands, the worst first. */
export function overview(sections: readonly ModelSection[]): string {
  const rows = worstFirst(sections).map((section) => {
    const { heading } = sectionText(section);
    // What comes first is our own wording: which model, and how it stands.
    const decided = heading.slice(heading.indexOf(': ') + 2);
    return [`${heading.split(' ', 1)[0] ?? ''}\u00a0${voice.name(section.model)}`, wordOf(section), decided];
  });
  const shown = table(
    {
      columns: [
        { title: 'Model', align: 'left' },
        { title: 'Verdict', align: 'left' },
        { title: 'Decided by', align: 'left' },
      ],
      rows,
    },
    MOST_MODELS,
  );
  return rows.length > MOST_MODELS ? `${shown}\n\n${MOST_MODELS} of ${rows.length} models shown.` : shown;
}

/** Less than this tells nothing of a model that the overview does not. */
const LEAST_SECTION = 1_500;

/** Sections in so much room, the worst first: each as long as it is, or its even share of what the shorter ones leave. */
function fittedSections(sections: readonly ModelSection[], place: Place, room: number): readonly string[] {
  const all = worstFirst(sections).map((section) => sectionText(section, place));
  const separator = 2;
  const note = 120;
  const shown = all.slice(0, Math.max(1, Math.floor((room - note) / (LEAST_SECTION + separator))));
  const full = shown.map((section) => modelText(section, Number.MAX_SAFE_INTEGER).length + separator);
  let left = room - note;
  const shares = new Map<number, number>();
  const shortestFirst = full.map((length, index) => ({ length, index })).sort((a, b) => a.length - b.length);
  for (const [done, { length, index }] of shortestFirst.entries()) {
    const share = Math.min(length, Math.floor(left / (shown.length - done)));
    shares.set(index, share - separator);
    left -= share;
  }
  const texts = shown.map((section, index) => modelText(section, shares.get(index) ?? 0));
  if (shown.length === all.length) return texts;
  return [...texts, `${shown.length} of ${all.length} models shown in full; the report has them all.`];
}

/** What stands in the way is seen at once; what does not is folded. */
function modelText(section: SectionText, longest: number): string {
  if (section.conclusion !== 'success') return unfolded(section, longest);
  const [start, end] = [`<details><summary>${section.summary}</summary>\n\n`, '\n\n</details>'];
  return `${start}${fitMarkdown(section.opening, section.folds, longest - start.length - end.length)}${end}`;
}

function unfolded({ heading, opening, folds }: SectionText, longest: number): string {
  return fitMarkdown([`### ${heading}`, ...opening], folds, longest);
}

/** What there is to say where no model is spoken of, in paragraphs. */
export function plainAnswer(answer: HeadAnswer, of: AnsweredHead): readonly string[] {
  if (answer.kind === 'unjudged') return unjudged(answer.because, of.links.run(of.judging.id));
  return outcomeText(answer.judgement.outcome, of);
}

function outcomeText(outcome: HeadOutcome, of: AnsweredHead): readonly string[] {
  switch (outcome.kind) {
    case 'begins':
      return [
        `The default branch has no ${voice.name('touchstone.yml')} yet, so that nothing rules here. The one that this pull request brings is valid.`,
        `Once it is merged, pull requests that touch ${list(outcome.models)} are judged.`,
      ];
    case 'invalid-config':
      return [problems(outcome.problems)];
    case 'untouched':
      return ['Nothing that a model is made of, or judged by, differs from the default branch.'];
    case 'waits-for-approval':
      return waitsForApproval(of.head, of.links.run(of.trained), placeOf(of));
    case 'models':
      return [];
  }
}

/** The line to copy holds the commit that was read: what is pushed meanwhile is not meant by it. */
export function waitsForApproval(head: CommitSha, run: string, place: Place): readonly string[] {
  const why =
    'The code of this pull request runs on the machines that train only when somebody with the right to allows it';
  const again = 'Each push has to be approved again.';
  if (place !== 'conversation') return [`${why}: read the changes, then approve [its run](${run}).`, again];
  return [
    `${why}. Read the changes, then comment`,
    `\`\`\`\n/ok-to-train ${head}\n\`\`\``,
    `or approve [its run](${run}). ${again}`,
  ];
}

const MOST_NAMED = 10;

function list(models: readonly string[]): string {
  const named = models.slice(0, MOST_NAMED).map((model) => voice.name(model));
  const more = models.length - named.length;
  if (named.length === 0) return 'its models';
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}

const MOST_LINES = 10;

function unjudged(because: Unjudged, judging: string): readonly string[] {
  const nothing = 'Nothing is known of this commit, and what is not known does not pass.';
  const again = `[See the run](${judging}); "Re-run all jobs" there judges it again.`;
  switch (because.kind) {
    case 'judging-failed':
    case 'judging-cancelled':
    case 'no-judgement':
      return [nothing, again];
    case 'invalid-judgement': {
      const shown = because.problems.slice(0, MOST_LINES).map((each) => `- ${voice.prose(each)}`);
      const more = because.problems.length - shown.length;
      return [nothing, [...shown, ...(more > 0 ? [`- ${more} more`] : [])].join('\n'), again];
    }
    case 'not-recorded':
      return [
        'The verdict was reached and could not be put on record, so that it does not stand.',
        `- ${voice.prose(because.problem)}`,
        again,
      ];
    case 'contradicted':
      return [
        `The registry has another verdict on the very same comparison: ${list(because.models)}. The one on record stands; somebody has to find out why this run came to another.`,
        again,
      ];
  }
}

/** What was judged by what, and where to see more. */
export function footer(answer: HeadAnswer, { head, trained, judging, reported, links }: AnsweredHead): string {
  const commit = (sha: CommitSha): string => `[\`${sha.slice(0, 7)}\`](${links.commit(sha)})`;
  const judged = answer.kind === 'judged' ? answer.judgement : undefined;
  const parts = [
    `Commit ${commit(head)}`,
    ...(judged === undefined || judged.outcome.kind === 'begins'
      ? []
      : [`ruled by \`touchstone.yml\` of ${commit(judged.policyCommit)}`]),
    `[judging run](${links.run(judging.id)})`,
    ...(judged !== undefined && hasReport(judged.outcome)
      ? [`[whole report](${links.report(reported ?? judging.id)})`]
      : []),
    `[training run](${links.run(trained)})`,
  ];
  return `<sub>${parts.join(' · ')}</sub>`;
}

/** Only what was judged has a page of its own. */
function hasReport(outcome: HeadOutcome): boolean {
  if (outcome.kind !== 'models') return false;
  return outcome.sections.some(
    (section) => section.kind === 'judged' || (section.kind === 'new' && section.outlook.kind === 'judged'),
  );
}

function earlierHeads(history: readonly JudgedHead[], links: Links): string {
  if (history.length === 0) return '';
  const rows = history.map(({ head, conclusion, title, judging }) => [
    `[\`${head.slice(0, 7)}\`](${links.commit(head)})`,
    `${SIGN[conclusion]} ${voice.prose(title)}`,
    `[run](${links.run(judging.id)})`,
  ]);
  const columns = ['Commit', 'How it stood', 'Judged'].map((title) => ({ title, align: 'left' as const }));
  const shown = table({ columns, rows }, rows.length);
  return `<details><summary>${countOf(history.length, 'earlier commit')}</summary>\n\n${shown}\n\n</details>`;
}
