import { fitMarkdown } from '../report/markdown.ts';
import { plainVoice } from '../report/voice.ts';
import { printable } from '../wording/printable.ts';
import {
  checkAnnotations,
  MOST_ANNOTATIONS,
  onProblems,
  type CheckAnnotation,
  type GateLines,
} from './checkAnnotations.ts';
import { footer, overview, placeOf, plainAnswer, type AnsweredHead } from './commentText.ts';
import { sectionText } from './commentSection.ts';
import type { ModelSection } from './headJudgement.ts';
import { standingOf, worstFirst, type Conclusion, type HeadAnswer } from './standing.ts';

/** The check that a pull request may be made to require. */
export const CHECK_NAME = 'touchstone';

/** GitHub takes 65,535 of each, and has been seen to count bytes. */
const MOST_BYTES = 65_535;
const LONGEST_TITLE = 250;

/** A check as it is to stand on a commit. */
export interface CheckOutput {
  readonly conclusion: Conclusion;
  readonly title: string;
  /** What everybody sees. Markdown. */
  readonly summary: string;
  /** The rest of it, table after table. Markdown; absent where there is no more. */
  readonly text?: string;
  readonly annotations: readonly CheckAnnotation[];
}

export function checkOutput(answer: HeadAnswer, of: AnsweredHead, gateLines: GateLines): CheckOutput {
  const { conclusion, title } = standingOf(answer, plainVoice);
  const sections =
    answer.kind === 'judged' && answer.judgement.outcome.kind === 'models' ? answer.judgement.outcome.sections : [];
  const summary = withinBytes((longest) => summaryOf(answer, of, sections, longest));
  const text = withinBytes((longest) => textOf(sections, longest));
  return {
    conclusion,
    title: printable(title, LONGEST_TITLE),
    summary,
    ...(text !== '' && { text }),
    annotations: annotationsOf(answer, sections, gateLines),
  };
}

function annotationsOf(
  answer: HeadAnswer,
  sections: readonly ModelSection[],
  gateLines: GateLines,
): readonly CheckAnnotation[] {
  if (answer.kind === 'judged' && answer.judgement.outcome.kind === 'invalid-config') {
    return onProblems(answer.judgement.outcome.problems, 'touchstone.yml').slice(0, MOST_ANNOTATIONS);
  }
  return checkAnnotations(sections, gateLines);
}

function summaryOf(answer: HeadAnswer, of: AnsweredHead, sections: readonly ModelSection[], longest: number): string {
  const several = sections.length > 1;
  const opening = [
    footer(answer, of),
    ...plainAnswer(answer, of),
    ...(several ? [overview(sections)] : []),
    ...worstFirst(sections).flatMap((section) => {
      const { heading, opening } = sectionText(section, placeOf(of));
      return several ? [`### ${heading}`, ...opening] : opening;
    }),
  ];
  return cutOff(opening, longest, 'The rest is in the report.');
}

/** The tables that the comment folds. */
function textOf(sections: readonly ModelSection[], longest: number): string {
  const texts = worstFirst(sections).map((section) => {
    const { folds } = sectionText(section);
    if (folds.length === 0) return '';
    const title = sections.length > 1 ? [`### ${section.model}`] : [];
    return fitMarkdown(title, folds, Math.floor(longest / sections.length) - 2);
  });
  return texts.filter((text) => text !== '').join('\n\n');
}

/** As many paragraphs as fit; says so where some do not. */
function cutOff(paragraphs: readonly string[], longest: number, note: string): string {
  const whole = paragraphs.join('\n\n');
  if (whole.length <= longest) return whole;
  let room = longest - note.length;
  const shown: string[] = [];
  for (const paragraph of paragraphs) {
    room -= paragraph.length + 2;
    if (room < 0) break;
    shown.push(paragraph);
  }
  return [...shown, note].join('\n\n');
}

/** The longest of a text that takes so many bytes, where it can be made shorter. */
function withinBytes(write: (longest: number) => string): string {
  let longest = MOST_BYTES;
  for (;;) {
    const text = write(longest);
    const bytes = Buffer.byteLength(text);
    if (bytes <= MOST_BYTES) return text;
    longest = Math.min(longest - 1, Math.floor((longest * MOST_BYTES) / bytes));
  }
}
