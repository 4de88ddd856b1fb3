import type { TaskConfig } from '../config/config.ts';
import type { Wishes } from './proposal.ts';
import type { Survey } from './survey.ts';

/** What is to be predicted, and as what. */
export interface TargetProposal {
  readonly target: string;
  readonly task: TaskConfig;
  readonly reasons: { readonly target: string; readonly task: string };
}

/**
 * Chooses the target and the task: the first things to ask a person, since the rest is proposed for them.
 *
 * @throws UserMistake `target_unknown`, `target_unusable`, `too_few_rows` with what to do.
 */
export function proposeTarget(survey: Survey, wishes: Wishes): TargetProposal {
  throw new Error(`Not there yet: ${survey.rows} ${wishes.target}`);
}
