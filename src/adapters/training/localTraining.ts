import path from 'node:path';
import { commandRunner } from './commandRunner.ts';
import { gitRepositories } from '../gitRepository.ts';
import { inputFiles } from '../inputFiles.ts';
import { watchGpus } from './gpuProbe.ts';
import { describeMachine } from './machine.ts';
import { pythonEnvironments } from './pythonEnvironments.ts';
import { trainingFolders } from './trainingFolders.ts';
import type { HostEnvironment } from '../../training/commandEnvironment.ts';
import type { TrainingPorts } from '../../training/trainingPorts.ts';

/**
 * Training on this machine.
 *
 * @param checkpoints absolute path of a folder that keeps checkpoints instead of the project's own.
 */
export function localTraining(host: HostEnvironment, checkpoints?: string): TrainingPorts {
  const commands = commandRunner();
  return {
    inputFiles,
    repositories: gitRepositories(host),
    python: pythonEnvironments(host, commands),
    folders: trainingFolders(checkpoints),
    commands,
    describeMachine: () => describeMachine(host),
    watchGpus: () => watchGpus(host),
    host,
    pathDelimiter: path.delimiter,
  };
}
