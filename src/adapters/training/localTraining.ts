import path from 'node:path';
import { commandRunner } from './commandRunner.ts';
import { gitRepositories } from '../gitRepository.ts';
import { inputFiles } from '../inputFiles.ts';
import { describeMachine } from './machine.ts';
import { pythonEnvironments } from './pythonEnvironments.ts';
import { trainingFolders } from './trainingFolders.ts';
import type { HostEnvironment } from '../../training/commandEnvironment.ts';
import type { TrainingPorts } from '../../training/trainingPorts.ts';

/** Training on this machine. */
export function localTraining(host: HostEnvironment): TrainingPorts {
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
