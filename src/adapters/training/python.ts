import { execa } from 'execa';
import { UserMistake } from '../../failure.ts';
import type { EnvironmentVariables } from '../../training/commandRun.ts';
import type { HostEnvironment } from '../../training/commandEnvironment.ts';
import type { InstalledPython, PythonInterpreter } from '../../training/pythonEnvironment.ts';

const ANSWER_MS = 30_000;
const NAMES: readonly (readonly [string, ...string[]])[] = [['python3'], ['python'], ['py', '-3']];

const INTERPRETER = `
import json, platform, sys, sysconfig
print(json.dumps({"version": platform.python_version(), "implementation": sys.implementation.name,
                  "platform": sysconfig.get_platform(), "prefix": sys.base_prefix, "major": sys.version_info[0]}))
`;

// PEP 503: runs of "-", "_" and "." are one "-", in lower case.
// The folder that it is asked in is no place that training imports from.
const INSTALLED = `
import sys
sys.path[:] = [place for place in sys.path if place]
import importlib.metadata, json, platform, re, sysconfig
packages = {}
for distribution in importlib.metadata.distributions():
    name = distribution.metadata["Name"]
    if name: packages.setdefault(re.sub(r"[-_.]+", "-", name).lower(), distribution.version or "")
print(json.dumps({"version": platform.python_version(), "platform": sysconfig.get_platform(), "prefix": sys.prefix,
                  "packages": dict(sorted(packages.items()))}))
`;

/** The first Python 3 on PATH. @throws UserMistake where there is none. */
export async function findPython(host: HostEnvironment, folder: string, where: string): Promise<PythonInterpreter> {
  for (const command of NAMES) {
    const told = await ask([...command], INTERPRETER, folder, host);
    if (!isInterpreter(told) || told.major < 3) continue;
    const { version, implementation, platform, prefix } = told;
    return { command, version, implementation, platform, prefix };
  }
  throw new UserMistake('python-missing', {
    where,
    found: 'no Python 3 on PATH (tried python3, python and py -3)',
    expected: 'a Python 3 that makes the virtual environment',
    remedy: 'Install Python from https://www.python.org/downloads or by your package manager',
  });
}

/**
 * What a Python says of itself and its distributions, those of the person's own folder included: training imports them
 * too. `undefined` where it does not answer.
 */
export async function installedFor(
  python: string,
  folder: string,
  environment: EnvironmentVariables,
): Promise<InstalledPython | undefined> {
  const told = await ask([python], INSTALLED, folder, environment, []);
  return isInstalled(told) ? told : undefined;
}

/** @param isolation isolated mode by default: neither the working folder nor the person's own packages can shadow what is asked. */
async function ask(
  command: readonly [string, ...string[]],
  code: string,
  folder: string,
  environment: HostEnvironment,
  isolation: readonly string[] = ['-I'],
): Promise<unknown> {
  const [file, ...args] = command;
  try {
    const { stdout } = await execa(file, [...args, ...isolation, '-c', code], {
      cwd: folder,
      env: environment,
      extendEnv: false,
      stdin: 'ignore',
      timeout: ANSWER_MS,
    });
    return JSON.parse(stdout) as unknown;
  } catch {
    return undefined;
  }
}

function isInterpreter(told: unknown): told is Omit<PythonInterpreter, 'command'> & { readonly major: number } {
  const fields = ['version', 'implementation', 'platform', 'prefix'] as const;
  return (
    isRecord(told) && fields.every((field) => typeof told[field] === 'string') && typeof told['major'] === 'number'
  );
}

function isInstalled(told: unknown): told is InstalledPython {
  if (!isRecord(told) || typeof told['version'] !== 'string' || typeof told['platform'] !== 'string') return false;
  if (typeof told['prefix'] !== 'string' || !isRecord(told['packages'])) return false;
  return Object.values(told['packages']).every((version) => typeof version === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
