import path from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../../adapters/configFile.ts';
import { FolderStore } from '../../adapters/folderStore/folderStore.ts';
import { Workspace } from '../../adapters/workspace.ts';
import type { Config } from '../../config/config.ts';
import { readLog } from '../../registry/log.ts';
import { modelLog } from '../../registry/versions.ts';
import { completeWords, type Candidate, type Completion } from './completeWords.ts';
import { COMPLETION_SCRIPTS, type Shell } from './shellScripts.ts';
import { EXIT, type ExitCode } from '../exitCode.ts';
import type { Invocation } from '../invocation.ts';
import type { Process } from '../../workbench/terminal.ts';

/** Prints what a shell evaluates once. */
export function completion({ terminal }: Invocation, shell: Shell): Promise<ExitCode> {
  const script = COMPLETION_SCRIPTS[shell];
  terminal.answer(script, { schema: 'touchstone/completion/v1', shell, script });
  return Promise.resolve(EXIT.done);
}

/** Answers a shell: a line for each candidate, or ":files". Silent whatever goes wrong: somebody is typing. */
export async function complete(program: Command, process: Process, words: readonly string[]): Promise<ExitCode> {
  try {
    const wanted = completeWords(program, words);
    const candidates = wanted.kind === 'words' ? wanted.candidates : await valuesFor(wanted, process);
    const lines =
      candidates === 'files'
        ? [':files']
        : candidates.map(({ word, description }) => `${word}\t${oneLine(description)}`);
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  } catch {
    // A configuration with mistakes is told by the command itself.
  }
  return EXIT.done;
}

type Values = Extract<Completion, { kind: 'values' }>;

async function valuesFor(wanted: Values, process: Process): Promise<readonly Candidate[] | 'files'> {
  const { of, prefix, typed } = wanted;
  const found = await lookUp(wanted, process);
  if (found === 'files') return 'files';
  const fitting = found
    .filter(({ word }) => word.startsWith(typed) && isPlain(word))
    .map(({ word, description }) => ({ word: `${prefix}${word}`, description }));
  // Where a file will do as well, one is looked for once no version fits.
  return fitting.length === 0 && of.includes('path') ? 'files' : fitting;
}

async function lookUp(
  { of, operands, config: named }: Values,
  process: Process,
): Promise<readonly Candidate[] | 'files'> {
  if (of === 'file' || of === 'path' || of === 'folder') return 'files';
  const known = ['model', 'version', 'environment', 'run', 'version or path'];
  if (!known.includes(of)) return [];
  const config = await readConfig({ cwd: process.cwd, ...(named !== undefined && { path: named }) });
  switch (of) {
    case 'model':
      return [...config.models.values()].map(({ name, task }) => ({ word: name, description: task.kind }));
    case 'environment':
      return environments(config, operands[0]);
    case 'run':
      return (await new Workspace(config.root).listRuns()).toReversed().map((word) => ({ word, description: 'run' }));
    default:
      return versions(config, process);
  }
}

/** Those of the model that the line names; without one, of all. */
function environments({ models }: Config, named: string | undefined): readonly Candidate[] {
  const own = [...models.values()].filter(({ name }) => named === undefined || named.split('@', 1)[0] === name);
  const names = new Set(own.flatMap(({ deploy }) => deploy.environments));
  return [...names].map((word) => ({ word, description: 'environment' }));
}

async function versions(config: Config, process: Process): Promise<readonly Candidate[]> {
  // A key that is pressed asks nothing across a network.
  if (config.registry.kind !== 'folder') return [];
  const store = new FolderStore(path.resolve(config.root, config.registry.path), process.now);
  const found = [...config.models.keys()].map(async (name) => {
    const { state } = await readLog(store, modelLog(name));
    return state.versions
      .toReversed()
      .map(({ number, registeredAt }) => ({ word: `${name}@v${number}`, description: `registered ${registeredAt}` }));
  });
  return (await Promise.all(found)).flat();
}

/** A word that a shell takes as it stands; another one is left to be typed. */
function isPlain(word: string): boolean {
  return /^[\w@.:/+-]+$/.test(word);
}

function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
