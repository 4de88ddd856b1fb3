import type { Problem } from '../failure.ts';
import type { Place } from '../report/advice.ts';
import { bullets, markdownParts, SIGNS, table, type MarkdownParts } from '../report/markdown.ts';
import { headline, type Sign } from '../report/headline.ts';
import { anomalySection } from '../report/sections.ts';
import { foldVoice, markdownVoice as voice } from '../report/voice.ts';
import { printable } from '../wording/printable.ts';
import type { ModelSection, NotJudged, NotJudgedSection, ProposedOutlook } from './headJudgement.ts';
import { ruledRun, standingOfSection, type Conclusion } from './standing.ts';

/** One model, in the halves that people read. */
export interface SectionText extends MarkdownParts {
  readonly conclusion: Conclusion;
  /** The heading as a line of HTML: what a fold is called. */
  readonly summary: string;
}

/** @param place whether the reader can answer by commands. */
export function sectionText(section: ModelSection, place: Place = 'pull-request'): SectionText {
  const { conclusion, title } = standingOfSection(section, voice);
  const sign = SIGNS[signOf(section, conclusion)];
  return {
    conclusion,
    heading: `${sign} ${title}`,
    summary: `${sign} ${standingOfSection(section, foldVoice).title}`,
    ...partsOf(section, place),
  };
}

function signOf(section: ModelSection, conclusion: Conclusion): Sign {
  if (conclusion === 'failure') return 'bad';
  if (section.kind === 'judged') {
    if (conclusion === 'action_required') return 'bad';
    return section.run.judgement.verdict.kind === 'accepted' ? 'good' : 'open';
  }
  return 'open';
}

function partsOf(section: ModelSection, place: Place): Pick<MarkdownParts, 'opening' | 'folds'> {
  switch (section.kind) {
    case 'judged': {
      const { opening, folds } = markdownParts(ruledRun(section), place);
      const [first = '', ...rest] = opening;
      return { opening: [first, ...proposedPolicy(section.proposed), ...rest], folds };
    }
    case 'new':
      return newModel(section.outlook);
    case 'removed':
      return { opening: removedModel(section, place), folds: [] };
    case 'not-judged':
      return { opening: notJudged(section, place), folds: [] };
  }
}

function proposedPolicy(proposed: ProposedOutlook | undefined): readonly string[] {
  if (proposed === undefined) return [];
  const ruled = 'This pull request edits the policy. It was judged by that of the default branch';
  if (proposed.kind === 'not-judged') {
    return [`${ruled}; by the proposed one it could not be judged:`, problems(proposed.problems)];
  }
  return [`${ruled}; by the proposed one: ${headline(proposed.run, voice)}.`];
}

function newModel(outlook: ProposedOutlook): Pick<MarkdownParts, 'opening' | 'folds'> {
  const said = 'Only this pull request has the model: this is for information, and gates nothing.';
  if (outlook.kind === 'not-judged') {
    return { opening: [`${said} It could not be judged:`, problems(outlook.problems)], folds: [] };
  }
  const { heading, opening, folds } = markdownParts(outlook.run, 'pull-request');
  return { opening: [`${said} It would be: ${heading}.`, ...opening], folds };
}

function removedModel(
  { model, renamedTo, overridden }: Extract<ModelSection, { readonly kind: 'removed' }>,
  place: Place,
): readonly string[] {
  const what =
    renamedTo === undefined
      ? `This pull request takes ${voice.name(model)} out of ${voice.name('touchstone.yml')}.`
      : `This pull request calls ${voice.name(model)} ${voice.name(renamedTo)}: its versions stay under the old name, and the new one starts with none.`;
  if (overridden !== undefined) {
    return [what, ...overridden.map(({ by, reason }) => `${voice.prose(by)} let it go: ${voice.prose(reason)}`)];
  }
  const who =
    place === 'conversation'
      ? `somebody else with the right to comments ${voice.command(`/override model:${model} reason="..."`)}`
      : 'somebody who may merge past a required check has to';
  return [`${what} A model that goes is no longer judged, so that is not for its author alone to decide: ${who}.`];
}

const NEXT: { readonly [because in NotJudged]: readonly string[] } = {
  'training-failed': ['Mend the training, and push.', 'Run it on your machine: `touchstone run`.'],
  'training-cancelled': ['Start the training again: "Re-run jobs" on its run.'],
  'training-timed-out': [
    'Make the training shorter, or give it more time: `train.timeout`, and `timeout-minutes` of its job.',
  ],
  'not-trained': ['See in its run why the training left nothing.'],
  'candidate-refused': [
    'Train again from the commit that is to be merged, by the workflow as the default branch has it.',
  ],
  'data-broken': ['Mend the data; if they are right, accept them by an edit of their schema in this pull request.'],
};

/** What running the same commit again may mend. */
const WORTH_ANOTHER_TRY: readonly NotJudged[] = [
  'training-failed',
  'training-cancelled',
  'training-timed-out',
  'not-trained',
];

function notJudged({ model, because, problems: found, anomalies }: NotJudgedSection, place: Place): readonly string[] {
  const shown = anomalySection({ anomalies }, voice);
  const again = place === 'conversation' && WORTH_ANOTHER_TRY.includes(because);
  return [
    ...(found.length === 0 ? [] : [problems(found)]),
    ...(anomalies.length === 0 ? [] : [table(shown, MOST_ANOMALIES), cut(anomalies.length)]),
    bullets('You can', [
      ...NEXT[because],
      ...(again ? [`Train this commit again: comment ${voice.command(`/retrain ${model}`)}.`] : []),
    ]),
  ].filter((part) => part !== '');
}

const MOST_ANOMALIES = 12;

function cut(anomalies: number): string {
  return anomalies > MOST_ANOMALIES ? `${MOST_ANOMALIES} of ${anomalies} anomalies shown.` : '';
}

const MOST_PROBLEMS = 10;
const MOST_LINES = 30;
const LONGEST_LINE = 200;
/** A page that can be opened, with nothing in its address that Markdown would read. */
const PAGE = /^https?:\/\/[\w.:-]+\/[\w./-]+$/;

/** Problems as a list, the last lines that a program said below each. */
export function problems(found: readonly Problem[]): string {
  const shown = found.slice(0, MOST_PROBLEMS).map(problem);
  const more = found.length - shown.length;
  return [...shown, ...(more > 0 ? [`${shown.length} of ${found.length} problems shown.`] : [])].join('\n');
}

function problem({ where, found, expected, remedy, excerpt = [] }: Problem): string {
  const sentences = PAGE.test(where)
    ? [`${voice.prose(found)}: [${voice.prose(remedy ?? 'see it')}](${where}).`]
    : [
        `${voice.name(where)}: ${voice.prose(found)}.`,
        ...(expected === undefined ? [] : [`Expected ${voice.prose(expected)}.`]),
        ...(remedy === undefined ? [] : [`${voice.prose(remedy)}.`]),
      ];
  const said = excerpt.slice(-MOST_LINES).map((line) => printable(line, LONGEST_LINE));
  return `- ${sentences.join(' ')}${said.length === 0 ? '' : `\n${indented(fenced(said))}`}`;
}

/** Lines as they are: a fence that is longer than every run of backticks in them cannot be closed from inside. */
function fenced(lines: readonly string[]): string {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []);
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return [`${fence}text`, ...lines, fence].join('\n');
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
