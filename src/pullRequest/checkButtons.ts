import type { ModelSection } from './headJudgement.ts';
import type { HeadProgress } from './headProgress.ts';
import { standingOf, type HeadAnswer } from './standing.ts';

/** A button below a check that is over. https://docs.github.com/en/rest/checks/runs: label 20, description 40, identifier 20 characters. */
export interface Button {
  readonly label: string;
  readonly description: string;
  readonly identifier: ButtonName;
}

export const BUTTON_NAMES = ['retrain', 'ok-to-train', 'judge'] as const;
export type ButtonName = (typeof BUTTON_NAMES)[number];

const BUTTONS: { readonly [name in ButtonName]: Button } = {
  retrain: { label: 'Train again', description: 'Runs its training once more', identifier: 'retrain' },
  'ok-to-train': {
    label: 'Approve training',
    description: 'Runs this code on your machine',
    identifier: 'ok-to-train',
  },
  judge: { label: 'Judge again', description: 'Measures the same candidate once more', identifier: 'judge' },
};

/** Those that would change something. */
export function buttonsOf(progress: HeadProgress): readonly Button[] {
  switch (progress.kind) {
    case 'not-ours':
    case 'no-workflow':
    case 'begins':
    case 'invalid-config':
    case 'awaited':
    case 'not-started':
    case 'training':
    case 'judging':
      return [];
    case 'waits-for-approval':
      return [BUTTONS['ok-to-train']];
    case 'unheard':
      return [BUTTONS.judge];
    case 'answered':
      return ofAnswer(progress.answer);
  }
}

function ofAnswer(answer: HeadAnswer): readonly Button[] {
  if (answer.kind === 'unjudged') return [BUTTONS.judge];
  const { outcome } = answer.judgement;
  switch (outcome.kind) {
    case 'waits-for-approval':
      return [BUTTONS['ok-to-train']];
    case 'begins':
    case 'untouched':
    case 'invalid-config':
      return [];
    case 'models':
      return standingOf(answer).conclusion === 'success' ? [] : ofSections(outcome.sections);
  }
}

/** What was measured can be measured again; what was not has to be trained again first. A model that goes needs neither. */
function ofSections(sections: readonly ModelSection[]): readonly Button[] {
  const isMeasured = sections.some(({ kind }) => kind === 'judged');
  const isMissing = sections.some(({ kind }) => kind === 'not-judged');
  return [...(isMeasured || isMissing ? [BUTTONS.retrain] : []), ...(isMeasured && !isMissing ? [BUTTONS.judge] : [])];
}
