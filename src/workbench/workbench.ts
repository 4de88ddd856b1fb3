import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { closest } from 'fastest-levenshtein';
import { readConfig } from '../adapters/configFile.ts';
import { Workspace } from '../adapters/workspace.ts';
import type { Config, ModelConfig } from '../config/config.ts';
import { UserMistake } from '../failure.ts';
import { parseEnvironmentName, parseModelName, type EnvironmentName, type ModelName } from '../identity/names.ts';
import { interruptible } from '../registry/interruptible.ts';
import { openRegistry } from '../registry/layout.ts';
import type { Occasion } from '../registry/operation.ts';
import type { RegistryStore } from '../registry/store.ts';
import { openStore } from './openStore.ts';
import { Terminal, type GlobalOptions, type Process } from './terminal.ts';

/** What every command works with: the configuration, the registry that it names, and the folder beside it. */
export interface Workbench {
  readonly config: Config;
  readonly store: RegistryStore;
  readonly workspace: Workspace;
}

export async function openWorkbench(process: Process, options: GlobalOptions): Promise<Workbench> {
  const config = await readConfig({
    cwd: process.cwd,
    ...(options.config !== undefined && { path: options.config }),
  });
  const terminal = new Terminal(process, options);
  const opened = openStore(process, config, (line) => {
    terminal.progress(line);
  });
  const store = interruptible(opened, process.signal);
  return { config, store, workspace: new Workspace(config.root) };
}

/** The same, for a command that reads the registry alone. */
export async function openRegistryToRead(process: Process, options: GlobalOptions): Promise<RegistryStore> {
  const { store } = await openWorkbench(process, options);
  await openRegistry(store, 'read');
  return store;
}

/** The models that are meant: all of them, or the one that is named. @throws UserMistake */
export function selectModels(config: Config, name: string | undefined): readonly ModelConfig[] {
  if (name === undefined) return [...config.models.values()];
  const known = [...config.models.keys()];
  const model = config.models.get(name as ModelName);
  if (model !== undefined) return [model];
  const nearest = closest(name, known);
  throw new UserMistake('model-unknown', {
    where: config.file,
    found: `there is no model "${name}"`,
    expected: `one of ${known.join(', ')}`,
    remedy: `Perhaps "${nearest}" is meant`,
  });
}

/** The one model that is meant. @throws UserMistake where several are configured and none is named. */
export function selectModel(config: Config, name: string | undefined): ModelConfig {
  const [model, ...others] = selectModels(config, name);
  if (model !== undefined && others.length === 0) return model;
  throw new UserMistake('model-not-named', {
    where: config.file,
    found: `there are ${config.models.size} models, and none is named`,
    expected: `one of ${[...config.models.keys()].join(', ')}`,
  });
}

/** A value of the command line, parsed. @throws UserMistake where the parser throws a RangeError. */
export function parseArgument<T>(where: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserMistake('bad_argument', { where, found: error.message.replace(/\.$/, '') });
  }
}

export function parseModelArgument(text: string): ModelName {
  return parseArgument('MODEL', text, parseModelName);
}

/** The environment that is meant: production unless named. @throws UserMistake where it is none of the model's. */
export function selectEnvironment(model: ModelConfig, name: string | undefined): EnvironmentName {
  const { environments } = model.deploy;
  if (name === undefined) return productionOf(model);
  const environment = parseArgument('--to', name, parseEnvironmentName);
  if (environments.includes(environment)) return environment;
  throw new UserMistake('bad_argument', {
    where: `--to ${name}`,
    found: `models.${model.name}.deploy names no such environment`,
    expected: `one of ${environments.join(', ')}`,
  });
}

/** The last environment is production. */
export function productionOf({ deploy }: ModelConfig): EnvironmentName {
  return deploy.environments.at(-1) ?? deploy.environments[0];
}

/** Who asks, and on what occasion; a cause of one's own makes a request that can be repeated. */
export function occasionOf(
  process: Process,
  { cause, reason }: { readonly cause?: string; readonly reason?: string },
): Occasion {
  return {
    // A runner has no person in front of it, whoever set it going.
    actor: { kind: process.env['CI'] === 'true' ? 'automation' : 'person', name: actorName(process) },
    cause: cause ?? `cli:${randomUUID()}`,
    reason: reason ?? '',
    trigger: { kind: 'command-line' },
  };
}

function actorName({ env }: Process): string {
  const named = env['GITHUB_ACTOR'] ?? env['USER'] ?? env['USERNAME'];
  if (named !== undefined && named !== '') return named;
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return 'unknown';
  }
}
