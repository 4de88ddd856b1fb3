import type { CommitSha, RepositoryName } from '../identity/git.ts';
import { UserMistake } from '../failure.ts';
import type { ModelName } from '../identity/names.ts';
import type { HeadJudgement, HeadOutcome, ModelSection, RunReference } from '../pullRequest/headJudgement.ts';
import { PULL_REQUEST_WORKFLOW, type RunConclusion } from '../pullRequest/identifyRun.ts';
import { modelsToTrain, type TouchedModels } from '../pullRequest/touchedModels.ts';
import { openRegistry } from '../registry/layout.ts';
import { findChanges, modelsOf, type CommittedConfig, type ConfigPlace, type FoundChanges } from './findChanges.ts';
import type { JudgedHead } from './headCandidate.ts';
import { judgeTouchedModel, judgeNewModel, type JudgeModelPorts } from './judgeHeadModel.ts';

export interface JudgeHeadRequest {
  readonly repository: RepositoryName;
  readonly head: CommitSha;
  /** The commit of the default branch that is checked out here, whose configuration rules. */
  readonly policyCommit: CommitSha;
  /** As it stands in that checkout. */
  readonly ruling: CommittedConfig;
  readonly place: ConfigPlace;
  readonly trained: RunReference;
  readonly conclusion: RunConclusion;
  /** Where people see the run that trained. */
  readonly runUrl: string;
}

export type JudgeHeadPorts = JudgeModelPorts;

/**
 * Judges the head of a pull request by the policy, the schema and the holdout of the default branch. A function of the
 * head, what rules, and the champion: neither the pull request nor its base plays a part. Whatever of the head cannot be
 * read is told in the section of its model.
 *
 * @throws UserMistake where the run is not over, or the head has nothing in common with the default branch.
 */
export async function judgeHead(request: JudgeHeadRequest, ports: JudgeHeadPorts): Promise<HeadJudgement> {
  const { repository, head, policyCommit, trained, ruling, place } = request;
  if (request.conclusion === 'unfinished') {
    throw new UserMistake('run-unfinished', {
      where: request.runUrl,
      found: 'the run is not over',
      remedy: 'Wait for its end: it is judged then',
    });
  }
  const changes = await findChanges({ ruling: policyCommit, rulingConfig: ruling, head, place }, ports.git);
  return { repository, head, policyCommit, trained, outcome: await outcomeOf(request, changes, ports) };
}

async function outcomeOf(
  request: JudgeHeadRequest,
  changes: FoundChanges,
  ports: JudgeHeadPorts,
): Promise<HeadOutcome> {
  const { ruling, proposed, touched } = changes;
  if (proposed.kind === 'invalid') return { kind: 'invalid-config', problems: proposed.problems };
  if (ruling.kind !== 'config') {
    // One that cannot be read rules nobody, and a pull request that mends it must be able to.
    return proposed.kind === 'none'
      ? { kind: 'untouched' }
      : { kind: 'begins', models: [...proposed.config.models.keys()] };
  }
  if (isUntouched(touched)) return { kind: 'untouched' };
  const waits = request.conclusion === 'waits-for-approval' && modelsToTrain(touched, modelsOf(proposed)).length > 0;
  if (waits) return { kind: 'waits-for-approval' };

  const judged: JudgedHead = {
    head: request.head,
    trained: request.trained,
    conclusion: request.conclusion,
    runUrl: request.runUrl,
    tree: changes.head,
    workflow: changes.wholeHead.get(PULL_REQUEST_WORKFLOW)?.object,
  };
  // Before any model: where it is no registry, none can be judged, and no head is to blame.
  await openRegistry(ports.store, 'read');
  const sections: ModelSection[] = [];
  for (const name of touched.touched) sections.push(await judgeTouchedModel(judged, ...both(name, changes), ports));
  for (const name of touched.added) sections.push(await judgeNewModel(judged, sectionOf(name, proposed), ports));
  for (const removed of touched.removed) sections.push({ kind: 'removed', ...removed });
  const [first, ...rest] = sections;
  return first === undefined ? { kind: 'untouched' } : { kind: 'models', sections: [first, ...rest] };
}

function isUntouched({ touched, added, removed }: TouchedModels): boolean {
  return touched.length + added.length + removed.length === 0;
}

type Section = ReturnType<typeof sectionOf>;

function both(name: ModelName, { ruling, proposed }: FoundChanges): [ruling: Section, proposed: Section] {
  return [sectionOf(name, ruling), sectionOf(name, proposed)];
}

function sectionOf(name: ModelName, committed: CommittedConfig): Parameters<typeof judgeNewModel>[1] {
  const model = modelsOf(committed).get(name);
  if (model === undefined) throw new TypeError(`"${name}" is in no configuration that it was found in.`);
  return model;
}
