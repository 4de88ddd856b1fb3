import type { ModelConfig, TrainConfig } from '../config/config.ts';
import { UserMistake, type Problem } from '../failure.ts';
import { inputsOfTree } from '../pullRequest/declaredFiles.ts';
import type { GitObjects } from '../pullRequest/gitTree.ts';
import type { TreeView } from '../pullRequest/treeLinks.ts';
import type { Candidate, TrainingInputs } from '../training/candidate.ts';
import { declares, refuseHoldoutAmongInputs } from '../training/declaredInputs.ts';
import { lockfileDigest, readRequirements } from '../training/requirements.ts';
import { differencesOfInputs, rowsToTrainOn, trainingInputs } from '../training/trainingInputs.ts';
import { fileOfTree } from './findChanges.ts';
import type { HeadData } from './headData.ts';

/** Which training is expected of a head. */
export interface ExpectedTraining {
  readonly proposed: ModelConfig;
  readonly train: TrainConfig;
  /** Absent for a model that only the head has. */
  readonly ruling?: ModelConfig;
}

/**
 * What a candidate of this head is made of, from git's objects and the rows that were just read: what its training says of
 * it plays no part.
 *
 * @throws UserMistake where inputs are missing, or hold the rows that judge.
 */
export async function expectedInputs(
  { proposed, train, ruling }: ExpectedTraining,
  data: HeadData,
  view: TreeView,
  git: GitObjects,
): Promise<TrainingInputs> {
  const where = `models.${proposed.name}.train`;
  const { files, problems } = await inputsOfTree(view, train.inputs);
  const [first, ...rest] = problems;
  if (first !== undefined) throw new UserMistake('input-missing', first, ...rest);
  for (const model of [ruling, proposed]) if (model !== undefined) refuseHoldoutAmongInputs(files, model, where);
  const { setup } = train;
  const requirements =
    setup?.kind === 'requirements'
      ? await readRequirements(setup.file, `${where}.setup.requirements`, fileOfTree(view.tree, git))
      : undefined;
  const rows = rowsToTrainOn(data.datasets, data.schemaDigest);
  if (rows === undefined) {
    throw new UserMistake('train-missing', {
      where,
      found: 'the model has no rows to train on',
      expected: 'data.train',
    });
  }
  return trainingInputs(train, rows, files, requirements && lockfileDigest(requirements));
}

const MOST_TOLD = 12;

/** @throws UserMistake with everything in which a candidate is not that of this head. */
export function refuseOtherCandidate(
  { model, inputs, output, files }: Candidate,
  { proposed, train }: Pick<ExpectedTraining, 'proposed' | 'train'>,
  expected: TrainingInputs,
): void {
  const where = `candidate.json of ${proposed.name}`;
  const remedy = 'Let the run train on the commit as it is, with the configuration that stands in it';
  const problems: Problem[] = [];
  if (model !== proposed.name) problems.push({ where, found: `it is of the model ${model}`, expected: proposed.name });
  if (output.path !== train.output) {
    problems.push({ where, found: `its model is ${JSON.stringify(output.path)}`, expected: train.output });
  }
  const undeclared = files.filter((file) => !declares(train.files, file.path));
  problems.push(
    ...undeclared.map((file) => ({
      where,
      found: `it brings ${JSON.stringify(file.path)}`,
      expected: 'files that train.files declares',
    })),
    ...differencesOfInputs(inputs, expected).map(({ what, claimed, expected: right }) => ({
      where,
      found: `it is made of other inputs than this commit: ${what} is ${claimed}`,
      expected: right,
      remedy,
    })),
  );
  const more = problems.length - MOST_TOLD;
  const told = problems.slice(0, MOST_TOLD);
  if (more > 0) told.push({ where, found: `${more} more differences` });
  const [first, ...rest] = told;
  if (first !== undefined) throw new UserMistake('candidate-refused', first, ...rest);
}
