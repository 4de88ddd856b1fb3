import { cp, mkdir, mkdtemp, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { FolderStore } from '../../src/adapters/folderStore/folderStore.ts';
import { parseEnvironmentName, parseModelName } from '../../src/identity/names.ts';
import { environmentLog, readChampion } from '../../src/registry/champions.ts';
import { findEnd } from '../../src/registry/log.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import { modelLog } from '../../src/registry/versions.ts';
import { bundle, CONFIG, DATA, TRAIN } from '../e2e/touchstone.ts';
import { callsNoted, environmentOf, type FileFault, type NotedCall } from './fileFault.ts';
import { randomOf } from './random.ts';

const MODEL = parseModelName('churn');
const PRODUCTION = parseEnvironmentName('production');

/** Something that changes a registry, and what may be seen of it before and after. */
interface Deed {
  readonly name: string;
  /** The project that it is done in, made once and copied for each kill. */
  readonly prepare: (project: Project) => Promise<void>;
  readonly args: readonly string[];
  /** The champion's number, 0 for none; before and after. */
  readonly champions: readonly [number, number];
  /** All events of both logs; before and after. */
  readonly events: readonly [number, number];
}

const DEEDS: readonly Deed[] = [
  {
    name: 'register the first version',
    prepare: (project) => project.train(50),
    args: ['register'],
    champions: [0, 0],
    events: [0, 1],
  },
  {
    name: 'register another version',
    prepare: async (project) => {
      await project.versions([50, 51], 1);
      await project.train(52);
    },
    args: ['register'],
    champions: [1, 1],
    events: [3, 4],
  },
  {
    name: 'promote',
    prepare: (project) => project.versions([50, 51], 1),
    args: ['promote', 'churn@v2'],
    champions: [1, 2],
    events: [3, 4],
  },
  {
    name: 'roll back',
    prepare: (project) => project.versions([50, 51], 2),
    args: ['rollback', 'churn', '--reason', 'wrong currency'],
    champions: [2, 1],
    events: [4, 5],
  },
];

export interface Campaign {
  readonly kills: number;
  readonly seed: number;
  /** The built command line. */
  readonly app?: string;
  readonly onKill?: (tally: Tally) => void;
}

/** Where the kills fell, by what had become of the deed, and what was found wrong; nothing should be. */
export interface Tally {
  kills: number;
  /** The process had begun to write, and was not through. */
  inWindow: number;
  /** It had not begun, or had ended. */
  outside: number;
  /** Of those in the window: the event stood already. */
  afterTheEvent: number;
  readonly byDeed: Record<string, number>;
  /** By the call that was the last. */
  readonly byCall: Record<string, number>;
  readonly wrong: string[];
}

/**
 * Kills the command line while it changes a registry, again and again, at random calls (before, within or after) and at
 * random moments, and looks each time whether the registry is whole and the same request, repeated, is done once.
 */
export async function killCampaign({ kills, seed, app = bundle, onKill }: Campaign): Promise<Tally> {
  const random = randomOf(seed);
  const scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'touchstone-kills-')));
  const tally: Tally = { kills: 0, inWindow: 0, outside: 0, afterTheEvent: 0, byDeed: {}, byCall: {}, wrong: [] };
  try {
    const prepared: Prepared[] = [];
    for (const [index, deed] of DEEDS.entries())
      prepared.push(await prepare(deed, path.join(scratch, `${index}`), app));
    for (; tally.kills < kills; onKill?.(tally)) {
      const one = prepared[tally.kills % prepared.length];
      if (one === undefined) break;
      const ofAll = random();
      // Half of them at a call, half of them whenever.
      const strike =
        random() < 0.5
          ? {
              call: 1 + Math.floor(ofAll * one.calls),
              how: (['kill-before', 'kill-within', 'kill-after'] as const)[Math.floor(random() * 3)] ?? 'kill-before',
            }
          : { killAfterMs: ofAll * one.windowMs };
      await kill(one, strike, path.join(scratch, 'struck'), app, tally);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return tally;
}

interface Prepared {
  readonly deed: Deed;
  readonly folder: string;
  /** How many calls the deed is made of, and how long they take. */
  readonly calls: number;
  readonly windowMs: number;
}

async function prepare(deed: Deed, folder: string, app: string): Promise<Prepared> {
  const project = new Project(path.join(folder, 'project'), app);
  await project.begin();
  await deed.prepare(project);
  await project.expect(deed.champions[0], deed.events[0]);
  const trial = await project.copyTo(path.join(folder, 'trial'));
  const calls = await trial.run([...deed.args, '--cause', 'trial'], {});
  await trial.expect(deed.champions[1], deed.events[1]);
  const [first, last] = [calls.noted.at(0), calls.noted.at(-1)];
  if (first === undefined || last === undefined)
    throw new Error(`${deed.name} changes nothing, so nothing can be cut.`);
  return { deed, folder: project.folder, calls: calls.noted.length, windowMs: last.atMs - first.atMs };
}

async function kill(
  { deed, folder, calls }: Prepared,
  strike: Partial<FileFault>,
  scratch: string,
  app: string,
  tally: Tally,
): Promise<void> {
  const project = await new Project(folder, app).copyTo(scratch);
  const args = [...deed.args, '--cause', `kill ${tally.kills}`];
  const struck = await project.run(args, strike);
  const killed = struck.signal === 'SIGKILL';
  const last = struck.noted.at(-1);
  const found = await project.state();
  tally.kills += 1;
  tally.byDeed[deed.name] = (tally.byDeed[deed.name] ?? 0) + 1;
  if (killed && last !== undefined && struck.noted.length <= calls) {
    tally.inWindow += 1;
    if (found.events === deed.events[1]) tally.afterTheEvent += 1;
    tally.byCall[last.name] = (tally.byCall[last.name] ?? 0) + 1;
  } else tally.outside += 1;

  const wrong = (what: string): void => void tally.wrong.push(`${deed.name}, ${JSON.stringify(strike)}: ${what}`);
  if (!killed && struck.exitCode !== 0) wrong(`ended with ${struck.exitCode}: ${struck.stderr}`);
  if (found.problems.length > 0) wrong(`not clean after the kill: ${found.problems.join('; ')}`);
  const done = found.events === deed.events[1];
  if (!done && found.events !== deed.events[0]) wrong(`${found.events} events after the kill`);
  if (found.champion !== deed.champions[done ? 1 : 0]) wrong(`v${found.champion} serves after the kill`);
  for (const attempt of ['the next try', 'the one after it']) {
    const { exitCode, stderr } = await project.run(args, {});
    const now = await project.state();
    if (exitCode !== 0) wrong(`${attempt} ended with ${exitCode}: ${stderr}`);
    if (now.problems.length > 0) wrong(`not clean after ${attempt}: ${now.problems.join('; ')}`);
    if (now.events !== deed.events[1]) wrong(`${now.events} events after ${attempt}`);
    if (now.champion !== deed.champions[1]) wrong(`v${now.champion} serves after ${attempt}`);
  }
  await rm(scratch, { recursive: true, force: true });
}

/** How a command ended, and the calls that it came to. */
export interface Ended {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly noted: readonly NotedCall[];
}

/** What stands in a registry. */
interface State {
  /** 0 for none. */
  readonly champion: number;
  readonly events: number;
  readonly problems: readonly string[];
}

/** A repository of a model on which the command line is run. */
export class Project {
  readonly folder: string;
  readonly #app: string;

  constructor(folder: string, app: string = bundle) {
    this.folder = folder;
    this.#app = app;
  }

  get registry(): string {
    return path.join(this.folder, '.touchstone', 'registry');
  }

  async begin(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await writeFile(path.join(this.folder, 'touchstone.yml'), CONFIG);
    await writeFile(path.join(this.folder, 'data.csv'), DATA);
  }

  /** A candidate that says yes from a threshold on; all of them are accepted against each other. */
  async train(threshold: number): Promise<void> {
    await writeFile(path.join(this.folder, 'train.py'), TRAIN.replace('>= 50', `>= ${threshold}`));
    await this.done('train');
  }

  /** Trains and registers a version for each threshold, and promotes the first ones in turn. */
  async versions(thresholds: readonly number[], promoted: number): Promise<void> {
    for (const threshold of thresholds) {
      await this.train(threshold);
      await this.done('register');
    }
    for (let version = 1; version <= promoted; version += 1) await this.done('promote', `churn@v${version}`);
  }

  async done(...args: readonly string[]): Promise<void> {
    const { exitCode, stderr } = await this.run(args, {});
    if (exitCode !== 0) throw new Error(`touchstone ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  }

  async copyTo(folder: string): Promise<Project> {
    await rm(folder, { recursive: true, force: true });
    await cp(this.folder, folder, { recursive: true });
    return new Project(folder, this.#app);
  }

  /** Runs a command to its end, or to what the fault makes of it. */
  async run(args: readonly string[], fault: Partial<FileFault>): Promise<Ended> {
    const log = path.join(this.folder, 'calls');
    await rm(log, { force: true });
    const whole: FileFault = { folder: this.registry, log, ...fault };
    const { exitCode, signal, stdout, stderr } = await execa(process.execPath, [this.#app, ...args], {
      cwd: this.folder,
      reject: false,
      env: { NO_COLOR: '1', CI: '', ...environmentOf(whole) },
    });
    return { exitCode, signal, stdout, stderr, noted: await callsNoted(whole) };
  }

  /** What stands in the registry, read as any reader does. */
  async state(): Promise<State> {
    const store = new FolderStore(this.registry, () => new Date());
    const { champion } = await readChampion(store, PRODUCTION, MODEL);
    const { problems } = await verifyRegistry(store);
    return {
      champion: champion.kind === 'none' ? 0 : champion.version,
      events: (await findEnd(store, modelLog(MODEL))) + (await findEnd(store, environmentLog(PRODUCTION, MODEL))),
      problems: problems.map((problem) => JSON.stringify(problem)),
    };
  }

  async expect(champion: number, events: number): Promise<void> {
    const state = await this.state();
    if (state.champion === champion && state.events === events && state.problems.length === 0) return;
    throw new Error(`Expected v${champion} and ${events} events, found ${JSON.stringify(state)}.`);
  }

  /** What half-written files there are. */
  async leftovers(): Promise<readonly string[]> {
    return readdir(path.join(this.registry, '.tmp')).catch(() => []);
  }

  /** Puts another folder in the place of the registry's. */
  async moveRegistryTo(folder: string): Promise<void> {
    await rename(this.registry, folder);
  }
}
