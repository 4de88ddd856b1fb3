import { formatBytes, notApplicable, ok, problem, warning, type Check } from './check.ts';

/** What is asked of the machine, cheaply. Sizes in bytes. */
export interface MachineFacts {
  /** `24.1.0` */
  readonly node: string;
  readonly platform: string;
  readonly architecture: string;
  readonly memory: { readonly total: number; readonly available: number };
  /** Where Touchstone writes, and what is free there. */
  readonly disks: readonly { readonly what: string; readonly folder: string; readonly free: number }[];
  readonly gpus: readonly { readonly name: string; readonly driver?: string }[];
}

/** Whether a native part answered in a process of its own. */
export interface NativePart {
  readonly name: string;
  readonly outcome:
    | { readonly kind: 'loaded'; readonly version: string }
    | { readonly kind: 'not-installed' }
    | { readonly kind: 'failed'; readonly said: string };
}

const LEAST_NODE = '20.12.0';

// https://github.com/nodejs/Release: the day after which a line gets no security fixes.
const LAST_DAYS: { readonly [major: number]: string } = { 20: '2026-04-30', 22: '2027-04-30', 24: '2028-04-30' };

export function checkNode({ node }: MachineFacts, now: Date): Check {
  if (compareVersions(node, LEAST_NODE) < 0) {
    return problem('node', `Node ${node}`, {
      expected: `Node ${LEAST_NODE} or later`,
      remedy: 'Install the current long-term version from https://nodejs.org',
    });
  }
  const major = Number(node.split('.')[0]);
  const lastDay = LAST_DAYS[major];
  if (lastDay !== undefined && now.toISOString().slice(0, 10) > lastDay) {
    return warning('node', `Node ${node}, which has had no security fixes since ${lastDay}`, {
      remedy: 'It works; install the current long-term version from https://nodejs.org when you can',
    });
  }
  return ok('node', `Node ${node}`);
}

const TRIED = ['linux', 'darwin'];

export function checkPlatform({ platform, architecture }: MachineFacts): Check {
  const found = `${platform} ${architecture}`;
  if (TRIED.includes(platform)) return ok('platform', found);
  return warning('platform', `${found}, on which Touchstone is not tried`, {
    expected: 'Linux or macOS',
    remedy: platform === 'win32' ? 'Use the Windows Subsystem for Linux' : 'Say what does not work',
  });
}

export function checkNativePart({ name, outcome }: NativePart): Check {
  const id = `native.${name}`;
  switch (outcome.kind) {
    case 'loaded':
      return ok(id, `${name} ${outcome.version} loads`);
    case 'not-installed':
      return problem(id, `${name} is not installed`, {
        remedy: 'Install Touchstone again, with its dependencies: npm install',
      });
    case 'failed':
      return problem(id, `${name} does not load: ${outcome.said}`, {
        expected: 'the native library of this platform',
        remedy:
          'Remove node_modules and install again on this machine; on Linux it needs glibc (Alpine has musl: take a Debian image)',
      });
  }
}

export function checkGpu({ gpus }: MachineFacts): Check {
  if (gpus.length === 0) return notApplicable('gpu', 'no NVIDIA GPU answers; judging needs none');
  const [first] = gpus;
  const driver = first?.driver === undefined ? '' : `, driver ${first.driver}`;
  return ok('gpu', `${gpus.map(({ name }) => name).join(', ')}${driver}`);
}

const GIB = 1024 ** 3;
const LEAST_FREE = GIB / 10;
const LITTLE_FREE = 2 * GIB;

export function checkDisks({ disks }: MachineFacts): readonly Check[] {
  return disks.map(({ what, folder, free }) => {
    const id = `disk.${what}`;
    const found = `${formatBytes(free)} free for the ${what} (${folder})`;
    const remedy = 'Make room, or move it to another disk';
    if (free < LEAST_FREE) return problem(id, found, { expected: `${formatBytes(LEAST_FREE)} or more`, remedy });
    // A virtual environment with a deep-learning framework takes some GiB.
    if (free < LITTLE_FREE) return warning(id, found, { expected: `${formatBytes(LITTLE_FREE)} or more`, remedy });
    return ok(id, found);
  });
}

export function checkMemory({ memory }: MachineFacts): Check {
  const found = `${formatBytes(memory.available)} of ${formatBytes(memory.total)} available`;
  if (memory.available >= GIB) return ok('memory', found);
  return warning('memory', found, {
    expected: `${formatBytes(GIB)} or more, for reading data and for a model each of candidate and champion`,
    remedy: 'Close other programs, or take a larger machine where data and models are large',
  });
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map((part) => Number.parseInt(part, 10)));
  for (const at of [0, 1, 2]) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
