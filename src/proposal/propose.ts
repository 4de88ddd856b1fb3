import type { Associations } from './associations.ts';
import type { Proposal, Wishes } from './proposal.ts';
import type { Survey } from './survey.ts';

/**
 * A model's section out of what its data look like.
 *
 * @param associations of the target that `proposeTarget` gives for the same survey and wishes.
 * @throws UserMistake what `proposeTarget` throws; `column_unknown`, `column_unusable` for a wish that the data cannot
 * grant, `no_features` where no column is left to learn from.
 */
export function propose(survey: Survey, associations: Associations, wishes: Wishes): Proposal {
  throw new Error(`Not there yet: ${survey.rows} ${associations.target} ${wishes.target}`);
}
