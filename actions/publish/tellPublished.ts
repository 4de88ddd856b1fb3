import type { PublishOutcome } from '../../src/commands/publish.ts';
import type { Annotation } from '../../src/report/annotation.ts';
import { markdownVoice } from '../../src/report/voice.ts';
import type { Standing, Unjudged } from '../../src/pullRequest/standing.ts';
import { printable } from '../../src/wording/printable.ts';
import { PUBLISH } from '../contracts.ts';

/** What a step that publishes says of itself. */
export interface Told {
  /** For the log, a line each. */
  readonly lines: readonly string[];
  /** For the job summary. Markdown. */
  readonly summary: readonly string[];
  /** Why nothing is known of the head, where that is so. */
  readonly annotations: readonly Annotation[];
}

const DONE = { create: 'written', update: 'written anew', edit: 'edited', leave: 'left as it stands' } as const;
const LONGEST = 2000;

/** Where an answer was put, or who puts it there, and what keeps a head from having one. */
export function tellPublished(found: PublishOutcome): Told {
  const title = printable(titleOf(found), LONGEST);
  const because = reasonsOf(found).map((line) => printable(line, LONGEST));
  const places = placesOf(found);
  return {
    lines: [title, ...because, ...places],
    summary: [
      [
        `### ${markdownVoice.prose(title)}`,
        ...because.map((line) => markdownVoice.prose(line)),
        places.map((line) => `- ${line}`).join('\n'),
      ].join('\n\n'),
    ],
    annotations:
      because.length > 0
        ? [{ severity: 'error', title: `touchstone ${PUBLISH.name}`, message: [`${title}.`, ...because].join('\n') }]
        : [],
  };
}

function titleOf(found: PublishOutcome): string {
  if (found.kind === 'head') return found.standing.title;
  return found.shown.kind === 'written' ? found.shown.standing.title : 'A merge group has nothing to record';
}

function reasonsOf(found: PublishOutcome): readonly string[] {
  if (found.kind === 'merge-group' || found.answered.answer.kind === 'judged') return [];
  return reasons(found.answered.answer.because);
}

function placesOf(found: PublishOutcome): readonly string[] {
  const check = `Check "touchstone" of ${found.head.slice(0, 8)}`;
  if (found.kind === 'merge-group') {
    const { shown } = found;
    if (shown.kind === 'left-to-app') return [`${check}: left to the App.`];
    return [`${check}, ${said(shown.standing)}: ${DONE[shown.check]}.`];
  }
  const { shown, standing, recorded } = found;
  return [
    ...(shown.kind === 'left-to-app'
      ? [`${check}, ${said(standing)}, and the comment: left to the App.`]
      : [
          `${check}, ${said(standing)}: ${DONE[shown.check]}.`,
          ...shown.comments.map(({ pull, done }) => `Comment on pull request ${pull}: ${DONE[done]}.`),
        ]),
    ...(recorded > 0 ? [`Verdicts put on record: ${recorded}.`] : []),
  ];
}

const said = ({ conclusion }: Standing): string => conclusion.replace('_', ' ');

function reasons(because: Unjudged): readonly string[] {
  switch (because.kind) {
    case 'judging-failed':
    case 'judging-cancelled':
    case 'no-judgement':
      return ['The log of the job "judge" says why.'];
    case 'invalid-judgement':
      return because.problems;
    case 'not-recorded':
      return [because.problem];
    case 'contradicted':
      return because.models.map((model) => `The registry has another verdict on the same comparison of ${model}.`);
  }
}
