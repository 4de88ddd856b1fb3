import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Isolation } from '../../evaluation/predictor.ts';

/** How a model's process is started here, and which bounds that gives. */
export interface Enclosure {
  /** Comes before the command; empty where the machine has none of these tools. */
  readonly prefix: readonly string[];
  readonly network: Isolation['network'];
  readonly privileges: Isolation['privileges'];
  readonly memory: Isolation['memory']['keptBy'];
}

/** Node reserves this much before it holds anything, and the kernel counts it (measured with Node 24: 1.1 GiB). */
const RESERVED_BY_NODE = 1.25 * 2 ** 30;

// Fixed places: what bounds a model is not looked up on a PATH that somebody may have written to.
const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin'];

function tool(name: string): string | undefined {
  return FOLDERS.map((folder) => `${folder}/${name}`).find((path) => existsSync(path));
}

/**
 * The strictest enclosure in which this machine still reads `entry`: an own network namespace (`unshare -n`, or with an
 * own user namespace where that needs no privilege), a memory limit kept by the kernel, no files written, no core dump, no
 * capabilities. Each is tried, since containers and hardened kernels refuse some of them in ways that only a try shows.
 */
export async function strictestEnclosure(entry: string, memoryBytes: number): Promise<Enclosure> {
  const [unshare, prlimit, setpriv] = ['unshare', 'prlimit', 'setpriv'].map(tool);
  const networks =
    unshare === undefined
      ? []
      : [
          [unshare, '-n', '--'],
          [unshare, '-U', '-r', '-n', '--'],
        ];
  const network = await firstThatRuns(networks, entry);
  const privilege =
    setpriv === undefined
      ? []
      : [
          [setpriv, '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all', '--'],
          [setpriv, '--no-new-privs', '--'],
        ];
  const privileges = await firstThatRuns(
    privilege.map((prefix) => [...network, ...prefix]),
    entry,
  );
  const limits =
    prlimit === undefined ? [] : [[prlimit, `--data=${memoryBytes + RESERVED_BY_NODE}`, '--core=0', '--fsize=0', '--']];
  const inner = privileges.length > 0 ? privileges : network;
  const memory = await firstThatRuns(
    limits.map((prefix) => [...prefix, ...inner]),
    entry,
  );
  return {
    prefix: memory.length > 0 ? memory : inner,
    network: network.length > 0 ? 'none' : 'not-isolated',
    privileges: privileges.includes('--bounding-set=-all') ? 'dropped' : 'not-isolated',
    memory: memory.length > 0 ? 'kernel' : 'watcher',
  };
}

async function firstThatRuns(prefixes: readonly (readonly string[])[], entry: string): Promise<readonly string[]> {
  const cat = tool('cat');
  if (cat === undefined) return [];
  for (const prefix of prefixes) if (await runs([...prefix, cat, entry])) return prefix;
  return [];
}

function runs([command, ...args]: readonly string[]): Promise<boolean> {
  if (command === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    execFile(command, args, { env: {}, timeout: 5000, maxBuffer: 2 ** 26 }, (error) => {
      resolve(error === null);
    });
  });
}
