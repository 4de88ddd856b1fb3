import { commandRunner } from '../../src/adapters/training/commandRunner.ts';
import { localTraining } from '../../src/adapters/training/localTraining.ts';
import {
  applyTraining,
  planTraining,
  type TrainOutcome,
  type TrainPlan,
  type TrainPorts,
} from '../../src/commands/train.ts';
import { DEFAULT_RIGHTS } from '../../src/config/commandRights.ts';
import type { Config, ModelConfig, TrainConfig } from '../../src/config/config.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { parseModelName } from '../../src/identity/names.ts';
import type { TrainingData } from '../../src/training/candidate.ts';
import type { OutputLine } from '../../src/training/commandRun.ts';
import { HOST } from '../fakes/gitRepository.ts';

export const NOW = new Date('2026-05-03T09:30:00.000Z');

const TRAIN: TrainConfig = {
  command: ['node', 'train.mjs'],
  inputs: ['train.mjs'],
  output: 'model.onnx',
  params: { rate: 0.1 },
  seed: 7,
  files: [],
  timeoutSeconds: 30,
  env: [],
};

/** Writes the named files into the output folder: the shortest training there is. */
export function writes(files: { readonly [name: string]: string }): string {
  return `{
    const { mkdirSync, writeFileSync } = await import('node:fs');
    const { dirname, join } = await import('node:path');
    for (const [name, content] of Object.entries(${JSON.stringify(files)})) {
      const file = join(process.env.TOUCHSTONE_OUTPUT_DIR, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }`;
}

export const ports = (host: Readonly<Record<string, string>> = {}): TrainPorts => ({
  ...localTraining({ ...HOST, ...host }),
  commands: commandRunner({ interruptMs: 300, terminateMs: 300 }),
  describeMachine: () => Promise.resolve({ platform: 'linux x64', cpus: 2, gpus: [] }),
  watchGpus: () => ({ stop: () => Promise.resolve(undefined) }),
  now: () => NOW,
});

const rows: TrainingData = { role: 'train', digest: digestOfBytes('rows'), rows: 3 };

export function plan(
  root: string,
  train: Partial<TrainConfig> | undefined = {},
  more: { readonly data?: TrainingData; readonly ports?: TrainPorts } = {},
): Promise<TrainPlan> {
  const model: ModelConfig = {
    name: parseModelName('digits'),
    task: { kind: 'multiclass' },
    target: 'digit',
    data: { train: ['data.csv'], validation: [], holdout: ['holdout.csv'] },
    train: { ...TRAIN, ...train },
    slices: [],
    metrics: [],
    gates: [],
    promote: { requires: 'advisory' },
    deploy: { environments: ['production' as never] },
  };
  const config: Config = {
    file: `${root}/touchstone.yml`,
    root,
    registry: { kind: 'folder', path: `${root}/registry` },
    models: new Map([[model.name, model]]),
    commands: DEFAULT_RIGHTS,
  };
  return planTraining({ config, model, data: { train: more.data ?? rows } }, more.ports ?? ports());
}

export async function train(
  root: string,
  changes: Partial<TrainConfig> = {},
  more: {
    readonly lines?: OutputLine[];
    readonly signal?: AbortSignal;
    readonly ports?: TrainPorts;
    readonly onLine?: (line: OutputLine) => void;
    readonly data?: string;
  } = {},
): Promise<TrainOutcome> {
  const planned = await plan(root, changes, more.ports && { ports: more.ports });
  const onLine = more.onLine ?? ((line: OutputLine) => void more.lines?.push(line));
  const watch = { onLine, ...(more.signal && { signal: more.signal }) };
  return applyTraining(planned, { train: more.data ?? `${root}/data.csv` }, more.ports ?? ports(), watch);
}
