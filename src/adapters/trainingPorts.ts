import path from 'node:path';
import { commandRunner } from './commandRunner.ts';
import { gitRepositories } from './gitRepository.ts';
import { inputFiles } from './inputFiles.ts';
import { describeMachine } from './machine.ts';
import { pythonEnvironments } from './pythonEnvironments.ts';
import { trainingFolders } from './trainingFolders.ts';
import type { TrainingEnvironment } from '../training/candidate.ts';
import type { HostEnvironment } from '../training/commandEnvironment.ts';
import type { CommandRunner } from '../training/commandRun.ts';
import type { InputFiles } from '../training/declaredInputs.ts';
import type { PythonEnvironments } from '../training/pythonEnvironment.ts';
import type { Repositories } from '../training/repository.ts';
import type { TrainingFolders } from '../training/trainingFolder.ts';

/** All that training on this machine needs, but for the clock. */
export interface LocalTraining {
  readonly inputFiles: InputFiles;
  readonly repositories: Repositories;
  readonly python: PythonEnvironments;
  readonly folders: TrainingFolders;
  readonly commands: CommandRunner;
  readonly describeMachine: () => Promise<Pick<TrainingEnvironment, 'platform' | 'cpus' | 'gpus'>>;
  readonly host: HostEnvironment;
  readonly pathDelimiter: string;
}

export function localTraining(host: HostEnvironment): LocalTraining {
  const commands = commandRunner();
  return {
    inputFiles,
    repositories: gitRepositories(host),
    python: pythonEnvironments(host, commands),
    folders: trainingFolders,
    commands,
    describeMachine: () => describeMachine(host),
    host,
    pathDelimiter: path.delimiter,
  };
}
