import type { Problem } from '../failure.ts';
import type { ModelName } from '../identity/names.ts';
import { placeOfProblem } from '../report/annotation.ts';
import { blockedBy } from '../report/advice.ts';
import { plainVoice } from '../report/voice.ts';
import { printable } from '../wording/printable.ts';
import type { ModelSection } from './headJudgement.ts';
import { NOT_JUDGED, ruledRun, worstFirst } from './standing.ts';

/** GitHub takes so many with one request, and shows no more usefully. */
export const MOST_ANNOTATIONS = 50;
const LONGEST_MESSAGE = 2000;
const LONGEST_TITLE = 250;

/** A remark on a line of a file, beside the changes of the pull request. */
export interface CheckAnnotation {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** Where the gates of the ruling configuration stand in their file, by the ids of their findings. */
export type GateLines = (
  model: ModelName,
  finding: string,
) => { readonly path: string; readonly line: number } | undefined;

/** What blocks, on the lines of its gates and problems, as far as those are known. */
export function checkAnnotations(sections: readonly ModelSection[], gateLines: GateLines): readonly CheckAnnotation[] {
  return worstFirst(sections)
    .flatMap((section): readonly CheckAnnotation[] => {
      switch (section.kind) {
        case 'judged':
          return gates(section.model, ruledRun(section), gateLines);
        case 'not-judged':
          return onProblems(section.problems, `${section.model}: ${NOT_JUDGED[section.because]}`);
        case 'new':
        case 'removed':
          return [];
      }
    })
    .slice(0, MOST_ANNOTATIONS);
}

type JudgedRun = ReturnType<typeof ruledRun>;

function gates(model: ModelName, run: JudgedRun, gateLines: GateLines): readonly CheckAnnotation[] {
  return run.judgement.findings
    .filter((finding) => finding.blocks)
    .flatMap((finding) => {
      const place = gateLines(model, finding.id);
      if (place === undefined) return [];
      const alone = { ...run, anomalies: [], judgement: { ...run.judgement, findings: [finding] } };
      return [remark(place, `${model}: ${finding.kind}`, blockedBy(alone, plainVoice).join('\n'))];
    });
}

/** Problems name their place as `touchstone.yml:12:5 models.churn`. */
export function onProblems(problems: readonly Problem[], title: string): readonly CheckAnnotation[] {
  return problems.flatMap((problem) => {
    const place = placeOfProblem(problem);
    if (place?.line === undefined || !isRepositoryPath(place.file)) return [];
    const { found, expected, remedy } = problem;
    const message = [
      `${found}.`,
      ...(expected === undefined ? [] : [`Expected ${expected}.`]),
      ...(remedy === undefined ? [] : [`${remedy}.`]),
    ].join(' ');
    return [remark({ path: place.file, line: place.line }, title, message)];
  });
}

function isRepositoryPath(file: string): boolean {
  return !file.startsWith('/') && file.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function remark(
  place: { readonly path: string; readonly line: number },
  title: string,
  message: string,
): CheckAnnotation {
  return {
    ...place,
    level: 'failure',
    title: printable(title, LONGEST_TITLE),
    message: message
      .split('\n')
      .map((line) => printable(line, LONGEST_MESSAGE))
      .join('\n'),
  };
}
