import type { TrainingEnvironment } from './candidate.ts';
import type { HostEnvironment } from './commandEnvironment.ts';
import type { CommandRunner } from './commandRun.ts';
import type { GpuWatch } from './gpuUse.ts';
import type { InputFiles } from './declaredInputs.ts';
import type { PythonEnvironments } from './pythonEnvironment.ts';
import type { Repositories } from './repository.ts';
import type { TrainingFolders } from './trainingFolder.ts';

/** All that training needs of a machine, but for the clock. */
export interface TrainingPorts {
  readonly inputFiles: InputFiles;
  readonly repositories: Repositories;
  readonly python: PythonEnvironments;
  readonly folders: TrainingFolders;
  readonly commands: CommandRunner;
  readonly describeMachine: () => Promise<Pick<TrainingEnvironment, 'platform' | 'cpus' | 'gpus'>>;
  /** Asked only where there are GPUs. */
  readonly watchGpus: () => GpuWatch;
  readonly host: HostEnvironment;
  /** What joins the folders of PATH: `:`, on Windows `;`. */
  readonly pathDelimiter: string;
}
