import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ServiceFailure } from '../../failure.ts';
import type { StoreTrial, StoreTrials, TrialRound } from '../../diagnosis/storeTrial.ts';
import { listAll, type RegistryStore } from '../../registry/store.ts';
import { parseStoreFolder, parseStoreKey } from '../../registry/storeKey.ts';
import { folderStoreFailure } from '../folderStore/folderStoreFailure.ts';
import { makeOwnedFolder, removeOrphanedFolders } from '../ownedFolders.ts';
import { FolderStore } from '../folderStore/folderStore.ts';
import type { TrialAnswer, TrialAsk } from './storeTrialProcess.ts';

/** How the processes are started, and how much is tried. */
export interface TrialSettings {
  readonly node: string;
  /** Absolute path of the module that each process runs: {@link TrialAsk} in, {@link TrialAnswer} out. */
  readonly child: string;
  readonly processes?: number;
  readonly rounds?: number;
  /** No further round is begun after it. */
  readonly milliseconds?: number;
  readonly signal?: AbortSignal;
}

const PLACE = '.touchstone-doctor';
const ROUNDS_FOLDER = parseStoreFolder('rounds/');

/**
 * Tries the store in a folder of its own beside the registry's files, on the same filesystem, and removes it.
 * @param registry absolute path of the registry; where it does not exist, the nearest folder above it is tried.
 */
export function folderStoreTrials(registry: string, now: () => Date, settings: TrialSettings): StoreTrials {
  return {
    async run() {
      const location = `file:${registry}`;
      const base = await nearestFolder(registry);
      const place = path.join(base, PLACE);
      let folder: string | undefined;
      try {
        // Node's mkdir says ENOENT of a filesystem that is read-only.
        await access(base, constants.W_OK);
        await removeOrphanedFolders(place);
        folder = await makeOwnedFolder(place);
        return await trial(location, folder, new FolderStore(folder, now), settings);
      } catch (error) {
        throw folderStoreFailure({ location }, 'create', 'a name for trial', error);
      } finally {
        if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
        // Another doctor may be at work in it.
        await rmdir(place).catch(() => undefined);
      }
    },
  };
}

async function trial(
  registry: string,
  folder: string,
  store: RegistryStore,
  settings: TrialSettings,
): Promise<StoreTrial> {
  const { processes = 4, rounds: most = 50, milliseconds = 1500 } = settings;
  const children = Array.from({ length: processes }, (_, number) => new Racer(settings, registry, folder, number));
  try {
    await Promise.all(children.map((child) => child.ready));
    const rounds: TrialRound[] = [];
    const startedMs = performance.now();
    for (let round = 0; round < most; round += 1) {
      settings.signal?.throwIfAborted();
      if (round > 0 && performance.now() - startedMs > milliseconds) break;
      const key = `${ROUNDS_FOLDER}${String(round).padStart(4, '0')}.json`;
      // Each is asked first in its turn: the first one asked wins most often.
      const first = round % processes;
      const asked = [...children.slice(first), ...children.slice(0, first)].map((child) => child.race(key));
      const answers = await Promise.all(asked);
      const attempts = [...answers.slice(processes - first), ...answers.slice(0, processes - first)];
      rounds.push({ key, attempts, stands: undefined });
    }
    const settled = await Promise.all(
      rounds.map(async (round) => ({ ...round, stands: writerOf(await store.get(parseStoreKey(round.key))) })),
    );
    return { rounds: settled, listed: await listAll(store, ROUNDS_FOLDER) };
  } finally {
    await Promise.all(children.map((child) => child.end()));
  }
}

function writerOf(bytes: Uint8Array | undefined): number | undefined {
  return bytes === undefined ? undefined : Number(Buffer.from(bytes).toString('utf8'));
}

/** One of the processes that race. */
class Racer {
  readonly ready: Promise<void>;
  readonly #registry: string;
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  readonly #broken: Promise<never>;

  constructor({ node, child }: TrialSettings, registry: string, folder: string, number: number) {
    this.#registry = registry;
    this.#child = fork(child, [folder, String(number)], {
      execPath: node,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#gone = new Promise((resolve) => {
      this.#child.once('exit', resolve);
      this.#child.once('error', resolve);
    });
    this.#broken = this.#gone.then(() => {
      throw new ServiceFailure('trial-failed', {
        where: registry,
        found: 'a process that was to try the store ended before its time',
        remedy: 'Run "touchstone doctor" again; if it stays so, look for what ends processes here',
      });
    });
    this.#broken.catch(() => undefined);
    this.ready = Promise.race([once(this.#child, 'message').then(() => undefined), this.#broken]);
    this.ready.catch(() => undefined);
  }

  async race(key: string): Promise<TrialRound['attempts'][number]> {
    const answering = once(this.#child, 'message') as Promise<[TrialAnswer]>;
    this.#child.send({ key } satisfies TrialAsk);
    const [answer] = await Promise.race([answering, this.#broken]);
    if (answer.kind === 'failed') {
      const found = answer.message.replace(/^file:.*?\.json: /, '').replace(/\.$/, '');
      throw new ServiceFailure(answer.code, { where: this.#registry, found });
    }
    return { told: answer.told, read: answer.read };
  }

  async end(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#gone;
  }
}

async function nearestFolder(wanted: string): Promise<string> {
  const exists = await stat(wanted).then(
    (status) => status.isDirectory(),
    () => false,
  );
  const above = path.dirname(wanted);
  return exists || above === wanted ? wanted : nearestFolder(above);
}
