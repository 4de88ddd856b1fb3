import { cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { parse } from 'yaml';
import { fillToolCache } from '../fakes/toolCache.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A machine that runs actions: Touchstone as a runner unpacks it, no packages beside it, and a tool cache. */
export interface ActionMachine {
  readonly folder: string;
  readonly toolCache: string;
}

export async function actionMachine({ filled = true } = {}): Promise<ActionMachine> {
  const folder = await temporaryFolder();
  for (const name of ['dist', 'actions', 'action.yml']) {
    await cp(path.join(ROOT, name), path.join(folder, 'touchstone', name), { recursive: true });
  }
  const toolCache = path.join(folder, 'work', '_tool');
  await mkdir(toolCache, { recursive: true });
  if (filled) await fillToolCache(toolCache);
  return { folder, toolCache };
}

export interface ActionStep {
  /** Folder of its `action.yml`, relative to Touchstone's. */
  readonly action: 'actions/validate' | 'actions/train' | 'actions/judge' | 'actions/publish' | '.';
  readonly workspace: string;
  readonly inputs?: { readonly [name: string]: string };
  readonly event?: { readonly name: string; readonly payload?: unknown };
  readonly env?: { readonly [name: string]: string };
}

export interface EndedStep {
  readonly exitCode: number | undefined;
  readonly log: string;
  readonly outputs: { readonly [name: string]: string };
  readonly summary: string;
  /** `::error` and `::warning` lines that the runner would have obeyed. */
  readonly annotations: readonly { readonly severity: string; readonly properties: string; readonly message: string }[];
}

/** A step that runs: what it prints as it comes, a way to signal it, and its end. */
export interface StartedStep {
  readonly onOutput: (listener: (text: string) => void) => void;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<EndedStep>;
}

/** Starts a step as the runner does: the entry that `action.yml` names, inputs and defaults as variables. */
export async function startStep(machine: ActionMachine, step: ActionStep): Promise<StartedStep> {
  const place = path.join(machine.folder, 'touchstone', step.action);
  const { inputs, runs } = parse(await readFile(path.join(place, 'action.yml'), 'utf8')) as {
    readonly inputs: { readonly [name: string]: { readonly default?: string } };
    readonly runs: { readonly main: string };
  };
  const files = await temporaryFolder({
    output: '',
    summary: '',
    'event.json': JSON.stringify(step.event?.payload ?? {}),
  });
  const temporary = path.join(machine.folder, 'work', '_temp');
  await mkdir(temporary, { recursive: true });
  const given = Object.entries(inputs).map(([name, { default: otherwise = '' }]) => {
    const value = step.inputs?.[name] ?? otherwise.replace('${{ github.token }}', 'token-of-the-job');
    return [`INPUT_${name.toUpperCase()}`, value] as const;
  });
  const child = execa(process.execPath, [path.join(place, runs.main)], {
    cwd: step.workspace,
    reject: false,
    all: true,
    extendEnv: false,
    env: {
      PATH: process.env['PATH'],
      HOME: machine.folder,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'acme/churn',
      GITHUB_RUN_ID: '42',
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_JOB: 'job',
      GITHUB_EVENT_NAME: step.event?.name ?? 'pull_request',
      GITHUB_EVENT_PATH: path.join(files, 'event.json'),
      GITHUB_REF: 'refs/heads/main',
      GITHUB_SHA: 'a'.repeat(40),
      GITHUB_SERVER_URL: 'http://127.0.0.1:9',
      GITHUB_API_URL: 'http://127.0.0.1:9',
      GITHUB_WORKFLOW_REF: 'acme/churn/.github/workflows/touchstone-pr.yml@refs/pull/7/merge',
      GITHUB_WORKSPACE: step.workspace,
      GITHUB_OUTPUT: path.join(files, 'output'),
      GITHUB_STEP_SUMMARY: path.join(files, 'summary'),
      RUNNER_TEMP: temporary,
      RUNNER_TOOL_CACHE: machine.toolCache,
      ...Object.fromEntries(given),
      ...step.env,
    },
  });
  const ended = child.then(async ({ exitCode, all }): Promise<EndedStep> => ({
    exitCode,
    log: all,
    outputs: outputsIn(await readFile(path.join(files, 'output'), 'utf8')),
    summary: await readFile(path.join(files, 'summary'), 'utf8'),
    annotations: annotationsIn(all),
  }));
  return {
    onOutput: (listener) => child.all.on('data', (chunk: Buffer) => listener(chunk.toString())),
    signal: (signal) => child.kill(signal),
    ended,
  };
}

export async function runStep(machine: ActionMachine, step: ActionStep): Promise<EndedStep> {
  return (await startStep(machine, step)).ended;
}

// name<<delimiter, lines, delimiter
function outputsIn(text: string): EndedStep['outputs'] {
  const written = text.matchAll(/^(.+)<<(ghadelimiter_\S+)\n([^]*?)\n?\2$/gm);
  return Object.fromEntries([...written].map(([, name = '', , value = '']) => [name, value]));
}

/** Obeys as the runner does: `::stop-commands::WORD` until `::WORD::`. */
function annotationsIn(log: string): EndedStep['annotations'] {
  let deafUntil: string | undefined;
  return log.split('\n').flatMap((line) => {
    if (deafUntil !== undefined) {
      if (line === `::${deafUntil}::`) deafUntil = undefined;
      return [];
    }
    const [, command = '', properties = '', message = ''] = /^::([\w-]+)(?: (.*?))?::(.*)$/.exec(line) ?? [];
    if (command === 'stop-commands') deafUntil = message;
    return ['error', 'warning', 'notice'].includes(command) ? [{ severity: command, properties, message }] : [];
  });
}
