import type { PublishOutcome } from '../../src/commands/publish.ts';
import type { Annotation } from '../../src/report/annotation.ts';
import { markdownVoice } from '../../src/report/voice.ts';
import type { Unjudged } from '../../src/pullRequest/standing.ts';
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

/** Where an answer was put, and what keeps a head from having one. */
export function tellPublished({ head, standing, answer, check, comments, recorded }: PublishOutcome): Told {
  const title = printable(standing.title, LONGEST);
  const because = answer?.kind === 'unjudged' ? reasons(answer.because).map((line) => printable(line, LONGEST)) : [];
  const places = [
    `Check "touchstone" of ${head.slice(0, 8)}, ${standing.conclusion.replace('_', ' ')}: ${DONE[check]}.`,
    ...comments.map(({ pull, done }) => `Comment on pull request ${pull}: ${DONE[done]}.`),
    ...(recorded > 0 ? [`Verdicts put on record: ${recorded}.`] : []),
  ];
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
      answer?.kind === 'unjudged'
        ? [{ severity: 'error', title: `touchstone ${PUBLISH.name}`, message: [`${title}.`, ...because].join('\n') }]
        : [],
  };
}

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
