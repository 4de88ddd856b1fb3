import { execa } from 'execa';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelConfig } from '../../config/config.ts';
import type { PythonFacts, RequirementsFacts } from '../../diagnosis/python.ts';
import { handedOn, type HostEnvironment } from '../../training/commandEnvironment.ts';
import { isPython, type PythonEnvironments } from '../../training/pythonEnvironment.ts';

/** The Python that a model's training command means, asked itself. */
export async function pythonFacts(
  root: string,
  model: ModelConfig,
  host: HostEnvironment,
  environments: PythonEnvironments,
): Promise<PythonFacts | undefined> {
  const { train } = model;
  if (train === undefined) return undefined;
  const [program] = train.command;
  if (train.setup?.kind !== 'requirements') return plainPython(root, program, host, environments);

  const { file } = train.setup;
  const plan = await environments.plan(root, file, `models.${model.name}.train.setup`);
  const { interpreter, existing, requirements } = plan;
  const text = (await Promise.all(requirements.map(({ path: name }) => readFile(path.join(root, name), 'utf8')))).join(
    '\n',
  );
  const installed = existing && (await environments.installed(existing.python, root, handedOn(host, [], '', 'train')));
  const environment: RequirementsFacts['environment'] =
    existing === undefined
      ? { kind: 'to-be-made' }
      : installed === undefined
        ? { kind: 'broken', folder: existing.folder }
        : { kind: 'made', folder: existing.folder, packages: Object.keys(installed.packages) };
  return {
    kind: 'found',
    program: interpreter.command.join(' '),
    version: interpreter.version,
    lacks: existing === undefined ? await lacking(interpreter.command, root, host) : [],
    requirements: { file, text, environment },
  };
}

async function plainPython(
  root: string,
  program: string,
  host: HostEnvironment,
  environments: PythonEnvironments,
): Promise<PythonFacts> {
  if (!isPython(program)) return { kind: 'not-python', program, found: await runs(program, root, host) };
  const installed = await environments.installed(program, root, handedOn(host, [], '', 'train'));
  if (installed === undefined) return { kind: 'missing', program };
  return { kind: 'found', program, version: installed.version, lacks: [] };
}

async function lacking(command: readonly string[], root: string, host: HostEnvironment): Promise<readonly string[]> {
  const modules = ['venv', 'ensurepip'];
  const code = `import importlib.util\nprint(*[m for m in ${JSON.stringify(modules)} if importlib.util.find_spec(m) is None])`;
  const [file = 'python3', ...args] = command;
  const { stdout } = await execa(file, [...args, '-I', '-c', code], {
    cwd: root,
    env: known(host),
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: 10_000,
  });
  return stdout.split(/\s+/).filter((name) => name !== '');
}

/** Whether a program can be started; what it answers is no matter. */
async function runs(program: string, root: string, host: HostEnvironment): Promise<boolean> {
  const { code } = await execa(program, ['--version'], {
    cwd: root,
    env: known(host),
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: 5000,
  });
  return code !== 'ENOENT';
}

function known(host: HostEnvironment): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(host).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
