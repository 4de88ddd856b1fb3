import { quote, type Complain, type Path } from './complaint.ts';
import type { SetupConfig, TrainConfig } from './config.ts';
import { readDuration } from './quantities.ts';
import { entriesOf, take } from './reading.ts';
import { readRepositoryPath, repositoryPaths } from './repositoryPath.ts';
import type { WrittenTrain } from './writtenForm.ts';

const DEFAULT_TIMEOUT = '1h';

export function normaliseTrain(written: WrittenTrain, path: Path, complain: Complain): TrainConfig {
  const timeout = written.timeout ?? DEFAULT_TIMEOUT;
  const setup = normaliseSetup(written, [...path, 'setup'], complain);
  const output = take(readRepositoryPath(written.output), written.output, [...path, 'output'], complain);
  return {
    command: readCommand(written.command, [...path, 'command'], complain),
    ...(setup === undefined ? {} : { setup }),
    inputs: repositoryPaths(written.inputs, [...path, 'inputs'], complain),
    output: output ?? 'model.onnx',
    params: written.params ?? {},
    seed: written.seed ?? 0,
    files: repositoryPaths(written.files, [...path, 'files'], complain),
    timeoutSeconds: take(readDuration(timeout), timeout, [...path, 'timeout'], complain) ?? 3600,
    env: entriesOf(written.env, path).map(({ value }) => value),
  };
}

function normaliseSetup(written: WrittenTrain, path: Path, complain: Complain): SetupConfig | undefined {
  const { requirements, command } = written.setup ?? {};
  if (requirements !== undefined) {
    const file = take(readRepositoryPath(requirements), requirements, [...path, 'requirements'], complain);
    return file === undefined ? undefined : { kind: 'requirements', file };
  }
  return command === undefined
    ? undefined
    : { kind: 'command', command: readCommand(command, [...path, 'command'], complain) };
}

/** The words of a command. One text is a command without arguments: no shell takes it apart. */
function readCommand(
  written: string | readonly string[],
  path: Path,
  complain: Complain,
): readonly [string, ...string[]] {
  if (typeof written === 'string' && /\s/.test(written.trim())) {
    complain({
      path,
      found: 'a command line',
      expected: 'a list of words, since no shell is involved',
      remedy: `Write [${written.trim().split(/\s+/).map(quote).join(', ')}]`,
    });
  }
  const [program = '', ...rest] = entriesOf(written, path).map(({ value }) => value);
  return [program, ...rest];
}
