import type { ModelConfig, TrainConfig } from '../config/config.ts';
import type { Problem } from '../failure.ts';
import type { CommitSha } from '../identity/git.ts';
import { chooseCandidateArtifact, type ArtifactFacts } from '../pullRequest/candidateArtifact.ts';
import type { GitObjects } from '../pullRequest/gitTree.ts';
import type { NotJudged, RunReference } from '../pullRequest/headJudgement.ts';
import type { RunConclusion } from '../pullRequest/identifyRun.ts';
import { failedJobOf, failureOfRun, type JobFacts } from '../pullRequest/runJobs.ts';
import type { TreeView } from '../pullRequest/treeLinks.ts';
import type { Candidate, TrainingInputs } from '../training/candidate.ts';
import { expectedInputs, refuseOtherCandidate } from './expectedInputs.ts';
import type { HeadData } from './headData.ts';
import { orProblems } from './orProblems.ts';

/** The head that is judged, and the run that trained it. */
export interface JudgedHead {
  readonly head: CommitSha;
  readonly trained: RunReference;
  readonly conclusion: RunConclusion;
  readonly runUrl: string;
  /** Below the folder of the configuration. */
  readonly tree: TreeView;
  /** Git object id of the head's `touchstone-pr.yml`. */
  readonly workflow: string | undefined;
}

export interface CandidatePorts {
  readonly git: GitObjects;
  /** Of the attempt that is judged. */
  readonly jobs: () => Promise<readonly JobFacts[]>;
  /** Of all attempts of the run. */
  readonly artifacts: () => Promise<readonly ArtifactFacts[]>;
  /** @throws UserMistake where the artifact is not to be taken. */
  readonly takeCandidate: (artifact: ArtifactFacts) => Promise<TakenCandidate>;
}

export interface TakenCandidate {
  readonly candidate: Candidate;
  /** Absolute path of the folder that holds `candidate.json` and the files. */
  readonly folder: string;
}

/** A candidate whose inputs are those of the head. */
export interface HeadCandidate extends TakenCandidate {
  readonly train: TrainConfig;
  /** As the judge knows them. */
  readonly inputs: TrainingInputs;
  readonly notes: readonly string[];
}

export type FoundCandidate =
  | { readonly kind: 'found'; readonly candidate: HeadCandidate }
  | { readonly kind: 'none'; readonly because: NotJudged; readonly problems: readonly Problem[] };

/**
 * The candidate of one model that the head's run left, held against the head: or why there is none to judge.
 *
 * @param ruling absent for a model that only the head has.
 */
export async function findCandidate(
  head: JudgedHead,
  proposed: ModelConfig,
  ruling: ModelConfig | undefined,
  data: HeadData,
  ports: CandidatePorts,
): Promise<FoundCandidate> {
  const none = (because: NotJudged, ...problems: readonly Problem[]): FoundCandidate => ({
    kind: 'none',
    because,
    problems,
  });
  const { name, train } = proposed;
  if (train === undefined) {
    const found = 'the model has no train section, so no run can leave a candidate of it';
    return none('not-trained', {
      where: `models.${name}`,
      found,
      expected: 'train.command, train.inputs, train.output',
    });
  }
  const chosen = chooseCandidateArtifact(name, head.trained, await ports.artifacts());
  const isOfThisAttempt = chosen.kind === 'found' && chosen.attempt === head.trained.attempt;
  if (!isOfThisAttempt && head.conclusion !== 'succeeded') {
    const jobs = await ports.jobs();
    // What an earlier attempt left stands where this one did not train the model again.
    const failed = chosen.kind === 'found' ? failedJobOf(name, jobs) : failureOfModel(head, proposed, jobs);
    if (failed !== undefined) return none(failed.because, failed.problem);
  }
  if (chosen.kind === 'none') {
    return none('not-trained', {
      where: head.runUrl,
      found: `the run left no candidate of ${name}`,
      expected: `an artifact touchstone-candidate-${name}-${head.trained.attempt}`,
      remedy: 'See that touchstone-pr.yml trains every model that is touched; "touchstone init" writes one that does',
    });
  }
  const taken = await orProblems(async (): Promise<HeadCandidate> => {
    const expected = { proposed, train, ...(ruling && { ruling }) };
    const inputs = await expectedInputs(expected, data, head.tree, ports.git);
    const { candidate, folder } = await ports.takeCandidate(chosen.artifact);
    refuseOtherCandidate(candidate, expected, inputs);
    return { candidate: asTrained(candidate, inputs, head.head), folder, train, inputs, notes: notesOn(chosen, head) };
  });
  return taken.kind === 'done'
    ? { kind: 'found', candidate: taken.value }
    : none('candidate-refused', ...taken.problems);
}

function failureOfModel(
  { conclusion, runUrl }: JudgedHead,
  { name }: ModelConfig,
  jobs: readonly JobFacts[],
): ReturnType<typeof failureOfRun> {
  return failedJobOf(name, jobs) ?? failureOfRun(jobs, conclusion, runUrl);
}

/** The candidate with what is known in the place of what it says: its inputs, and the commit that they are of. */
function asTrained(candidate: Candidate, inputs: TrainingInputs, commit: CommitSha): Candidate {
  const { tree, repository, ...environment } = candidate.environment;
  void [tree, repository];
  return { ...candidate, inputs, environment: { ...environment, commit, dirty: [] } };
}

function notesOn({ attempt }: { readonly attempt: number }, { trained }: JudgedHead): readonly string[] {
  const said =
    'What is said of the training, its machine and its time, and the numbers that it claims, was not measured here';
  if (attempt === trained.attempt) return [said];
  return [
    said,
    `The candidate is that of attempt ${attempt} of the run: later attempts did not train this model again`,
  ];
}
