import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { keepUsedLast } from '../src/adapters/usedLast.ts';
import { blackOut } from '../src/adapters/training/blackOut.ts';
import { askGpus, freeMiB } from '../src/adapters/training/gpuProbe.ts';
import type { ModelConfig } from '../src/config/config.ts';
import { candidateFolder, failedLog } from '../src/training/trainingFolder.ts';
import { preflight, refuseUnready, type MachineNeeds } from '../src/training/preflight.ts';
import type { InputsOf } from './contracts.ts';
import type { TRAIN } from './contracts.ts';
import type { Action } from './runAction.ts';
import type { RunnerLog } from './runnerLog.ts';

type MachineInputs = Pick<InputsOf<typeof TRAIN.inputs>, 'gpu' | 'gpu-memory' | 'disk' | 'state'>;
type OnMachine = Pick<Action<MachineInputs>, 'inputs' | 'run' | 'process' | 'terminal' | 'log'>;

/** A machine that may train. */
export interface TrainingMachine {
  /** Absolute path of the folder that keeps the checkpoints of a model of this pull request. */
  checkpoints(model: ModelConfig): string;
}

/** Shorter values are words of every day: as secrets they would black out names, and the outputs that hold them. */
const SHORTEST_SECRET = 8;
const GIB = 2 ** 30;
const DAY_MS = 24 * 3600 * 1000;

/**
 * Looks at the machine before anything is fetched or read: free disk, GPUs, their drivers and who holds them.
 * @throws ServiceFailure `machine-not-ready` with what was found and what is asked for.
 */
export async function prepareMachine({ inputs, run, process, terminal, log }: OnMachine): Promise<TrainingMachine> {
  const { gpu, 'gpu-memory': gpuMemoryMiB, disk: diskMiB } = inputs;
  const needs: MachineNeeds = { gpu, gpuMemoryMiB, diskMiB };
  return log.group('Machine', async () => {
    const state = await stateFolder(inputs.state, run);
    const survey = {
      ...(gpu !== 'none' && { gpu: await askGpus(process.env) }),
      disks: await Promise.all(
        [process.cwd, state.folder].map(async (folder) => ({ folder, freeMiB: await freeMiB(folder) })),
      ),
    };
    const checked = preflight(needs, survey, process.env);
    checked.found.forEach((line) => terminal.progress(line));
    checked.warnings.forEach((line) => terminal.warn(line));
    refuseUnready(checked);
    if (!state.lasts) terminal.warn(`${state.folder}: checkpoints are kept there, and end with this job.`);
    const checkpoints = path.join(state.folder, 'checkpoints');
    await keepUsedLast(checkpoints, { count: 50, bytes: 100 * GIB, recentMs: DAY_MS }, process.now().getTime());
    const owner = nameOfOwner(run);
    return { checkpoints: (model) => path.join(checkpoints, `${owner}-${model.name}`) };
  });
}

/** The files that hold what a model's training printed: an artifact is read by whoever reads the repository. */
export async function blackOutLogs(root: string, model: ModelConfig, { secrets }: RunnerLog): Promise<void> {
  for (const file of [path.join(candidateFolder(model.name), 'train.log'), failedLog(model.name)]) {
    await blackOut(path.join(root, file), secrets);
  }
}

/** Keeps out of the logs what the training command is handed on, secret or not. */
export function maskHandedOn(
  models: readonly ModelConfig[],
  { process, log }: Pick<OnMachine, 'process' | 'log'>,
): void {
  for (const name of new Set(models.flatMap((model) => model.train?.env ?? []))) {
    const value = process.env[name] ?? '';
    if (value.length >= SHORTEST_SECRET) log.mask(value);
  }
}

/** A folder that outlives the job: the one that is named, or one beside the tool cache, outside of every checkout. */
async function stateFolder(
  named: string | undefined,
  { toolCache, temporary }: Action<unknown>['run'],
): Promise<{ readonly folder: string; readonly lasts: boolean }> {
  const folder = named === undefined ? path.join(path.dirname(toolCache), '_touchstone') : path.resolve(named);
  try {
    await mkdir(folder, { recursive: true });
    return { folder, lasts: true };
  } catch (error) {
    if (named !== undefined) throw error;
    // A machine of GitHub's is gone after the job, whatever is kept on it.
    return { folder: path.join(temporary, 'touchstone'), lasts: false };
  }
}

const pullRequest = v.object({ pull_request: v.object({ number: v.number() }) });

/** `owner-name-pr12`, or `owner-name-main` outside of pull requests. */
function nameOfOwner({ repository, event }: Action<unknown>['run']): string {
  const pull = v.safeParse(pullRequest, event.payload);
  const of = pull.success ? `pr${pull.output.pull_request.number}` : 'branch';
  return `${repository.replace('/', '--')}-${of}`;
}
