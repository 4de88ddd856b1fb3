import type { CommandOutcome, EnvironmentVariables, OutputLine } from './commandRun.ts';
import type { RequirementsFile } from './requirements.ts';
import type { Digest } from '../identity/digest.ts';

export interface PythonInterpreter {
  /** `python3`, `python` or `py -3`. */
  readonly command: readonly [string, ...string[]];
  readonly version: string;
  readonly implementation: string;
  /** As `sysconfig.get_platform()` names it: `linux-x86_64`. */
  readonly platform: string;
  /** Where it is installed: two installations of one version are not exchangeable. */
  readonly prefix: string;
}

export interface VirtualEnvironment {
  readonly folder: string;
  /** Its folder of programs: `bin`, on Windows `Scripts`. */
  readonly bin: string;
  readonly python: string;
}

/** A virtual environment as it should be; `existing` where it was made before. */
export interface VirtualEnvironmentPlan {
  /** Of the requirements, the Python and the platform. */
  readonly key: Digest;
  readonly interpreter: PythonInterpreter;
  readonly root: string;
  readonly requirements: readonly [RequirementsFile, ...RequirementsFile[]];
  readonly existing?: VirtualEnvironment;
}

/** What a Python says of itself and of what is installed for it. */
export interface InstalledPython {
  readonly version: string;
  /** As `sysconfig.get_platform()` names it. */
  readonly platform: string;
  /** Of the environment that it runs in: two of them are not exchangeable, whatever they list. */
  readonly prefix: string;
  /** Names as the package index writes them (PEP 503) to versions. */
  readonly packages: { readonly [name: string]: string };
}

export interface PythonEnvironments {
  /**
   * @throws UserMistake where there is no Python, or the requirements cannot be read or refer to local paths.
   */
  plan(root: string, requirements: string, where: string): Promise<VirtualEnvironmentPlan>;
  /**
   * The environment of a plan: the existing one, or a new one. Two processes at once make it once; one that is killed
   * while making it leaves nothing that is taken for whole.
   * @throws UserMistake or ServiceFailure with the last lines of what failed.
   */
  make(plan: VirtualEnvironmentPlan, run: SetupRun): Promise<VirtualEnvironment>;
  /** Asks the Python that a program name means in this environment; `undefined` where it is none or does not answer. */
  installed(program: string, folder: string, environment: EnvironmentVariables): Promise<InstalledPython | undefined>;
}

/** How the commands of a set-up are run. */
export interface SetupRun {
  readonly where: string;
  readonly environment: EnvironmentVariables;
  readonly log: string;
  /** Where that log lies once the set-up has failed. */
  readonly keptLog: string;
  readonly onLine: (line: OutputLine) => void;
  readonly signal?: AbortSignal;
}

export const SETUP_TIMEOUT_SECONDS = 3600;

/** Whether `python -m venv` failed because the system's Python comes without it. */
export function lacksVenv(outcome: CommandOutcome): boolean {
  return outcome.lastLines.some((line) =>
    /ensurepip is not available|No module named '?(?:venv|ensurepip)'?/.test(line),
  );
}

/** Whether a program's name is that of a Python: `python`, `/usr/bin/python3.11`, `py.exe`. */
export function isPython(program: string): boolean {
  return /(?:^|[\\/])(?:python[\d.]*|py)(?:\.exe)?$/i.test(program);
}
