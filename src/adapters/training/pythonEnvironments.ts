import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserMistake } from '../../failure.ts';
import { digestOfJson } from '../../identity/digest.ts';
import type { HostEnvironment } from '../../training/commandEnvironment.ts';
import { commandFailure, installationFailure } from '../../training/commandFailures.ts';
import type { CommandOutcome, CommandRunner } from '../../training/commandRun.ts';
import {
  lacksVenv,
  SETUP_TIMEOUT_SECONDS,
  type PythonEnvironments,
  type SetupRun,
  type VirtualEnvironment,
  type VirtualEnvironmentPlan,
} from '../../training/pythonEnvironment.ts';
import { lockfileDigest, readRequirements } from '../../training/requirements.ts';
import { cacheFolder } from '../cacheFolder.ts';
import { whileBuilding } from './buildLock.ts';
import { makeOwnedFolder, removeFolder, removeOrphanedFolders } from '../ownedFolders.ts';
import { findPython, installedFor } from './python.ts';

/**
 * Virtual environments in the cache folder: `venvs/<key>/<owner>` is one, and `venvs/<key>/ready` names the one that is
 * whole. A virtual environment cannot be moved once made (its programs hold its path), so the name is what is published.
 */
export function pythonEnvironments(host: HostEnvironment, runner: CommandRunner): PythonEnvironments {
  return {
    async plan(root, requirements, where) {
      const files = await readRequirements(requirements, where, fileBelow(root));
      const interpreter = await findPython(host, root, where);
      const { version, implementation, platform, prefix } = interpreter;
      const key = digestOfJson({ lockfile: lockfileDigest(files), version, implementation, platform, prefix });
      const existing = await readyEnvironment(placeOf(host, key));
      return { key, interpreter, root, requirements: files, ...(existing && { existing }) };
    },
    async make(plan, run) {
      const place = placeOf(host, plan.key);
      await mkdir(place, { recursive: true });
      const waiting = (): void =>
        run.onLine({
          stream: 'stderr',
          text: 'Waiting for another run that makes the same virtual environment',
          transient: false,
        });
      return whileBuilding(
        place,
        () => readyEnvironment(place),
        () => build(plan, place, run, runner),
        waiting,
        run.signal,
      );
    },
    installed: installedFor,
  };
}

function placeOf(host: HostEnvironment, key: string): string {
  return path.join(cacheFolder(host), 'venvs', key);
}

async function build(
  plan: VirtualEnvironmentPlan,
  place: string,
  run: SetupRun,
  runner: CommandRunner,
): Promise<VirtualEnvironment> {
  await removeOrphanedFolders(place);
  const made = environmentAt(await makeOwnedFolder(place));
  const step = async (command: readonly [string, ...string[]]): Promise<CommandOutcome> => {
    const outcome = await runner.run({ ...run, command, folder: plan.root, timeoutSeconds: SETUP_TIMEOUT_SECONDS });
    if (outcome.end.kind === 'cancelled') throw new DOMException('The set-up was interrupted.', 'AbortError');
    return outcome;
  };
  const failed = (command: readonly string[], outcome: CommandOutcome): Parameters<typeof commandFailure>[0] => ({
    where: run.where,
    command,
    outcome,
    timeoutSeconds: SETUP_TIMEOUT_SECONDS,
    log: run.keptLog,
  });
  try {
    const create = [...plan.interpreter.command, '-m', 'venv', made.folder] as const;
    const created = await step(create);
    if (lacksVenv(created)) throw venvMissing(plan, run.where);
    const broken = commandFailure(failed(create, created));
    if (broken) throw broken;

    const [file] = plan.requirements;
    const quietly = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off'] as const;
    // Compiling every module takes most of pip's time; Python compiles those that are imported, once.
    const pip = ['-m', 'pip', 'install', ...quietly, '--no-compile', '-r', file.path] as const;
    const refused = installationFailure(failed(['pip install -r', file.path], await step([made.python, ...pip])));
    if (refused) throw refused;

    await refuseChanged(plan, run.where);
    await publish(place, made);
    return made;
  } catch (error) {
    await removeFolder(made.folder);
    throw error;
  }
}

async function publish(place: string, made: VirtualEnvironment): Promise<void> {
  const written = path.join(place, `${path.basename(made.folder)}.ready`);
  await writeFile(written, path.basename(made.folder));
  await rename(written, path.join(place, 'ready'));
}

async function readyEnvironment(place: string): Promise<VirtualEnvironment | undefined> {
  const name = await readFile(path.join(place, 'ready'), 'utf8').catch(() => '');
  if (!/^[0-9a-f-]+$/.test(name)) return undefined;
  const ready = environmentAt(path.join(place, name));
  // Gone where the Python that it was made of is gone: its python is a link.
  return access(ready.python).then(
    () => ready,
    () => undefined,
  );
}

/** Where `python -m venv` puts things, by platform. */
export function environmentAt(folder: string, platform: NodeJS.Platform = process.platform): VirtualEnvironment {
  const windows = platform === 'win32';
  const on = windows ? path.win32 : path.posix;
  const bin = on.join(folder, windows ? 'Scripts' : 'bin');
  return { folder, bin, python: on.join(bin, windows ? 'python.exe' : 'python') };
}

/** The bytes of the requirements below a root. */
function fileBelow(root: string): (file: string) => Promise<Uint8Array | undefined> {
  return (file) => readFile(path.join(root, file)).catch(() => undefined);
}

async function refuseChanged(plan: VirtualEnvironmentPlan, where: string): Promise<void> {
  const [first] = plan.requirements;
  const now = await readRequirements(first.path, where, fileBelow(plan.root));
  if (lockfileDigest(now) === lockfileDigest(plan.requirements)) return;
  throw new UserMistake('input-changed', {
    where: first.path,
    found: 'the requirements changed while they were being installed',
    remedy: 'Run again once they are saved',
  });
}

function venvMissing(plan: VirtualEnvironmentPlan, where: string): UserMistake {
  const [major, minor] = plan.interpreter.version.split('.');
  return new UserMistake('venv-missing', {
    where,
    found: `Python ${plan.interpreter.version} comes without its venv module`,
    remedy: `Install it (on Debian and Ubuntu: apt install python${major}.${minor}-venv), or use train.setup.command`,
  });
}
