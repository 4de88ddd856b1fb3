import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderStore } from '../../src/adapters/folderStore/folderStore.ts';
import { parseEnvironmentName, parseModelName } from '../../src/identity/names.ts';
import { environmentLog, readChampion } from '../../src/registry/champions.ts';
import { findEnd } from '../../src/registry/log.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import { modelLog } from '../../src/registry/versions.ts';
import { Project } from '../campaigns/killCampaign.ts';
import { CONFIG, touchstone, TRAIN } from './touchstone.ts';

const PEOPLE = [1, 2, 3, 4, 5, 6, 7, 8];

/** Two models in three environments. */
const TWO_MODELS = `${CONFIG.replace('promote: { requires: advisory }', 'promote: { requires: advisory }\n    deploy: { environments: [test, staging, production] }')}${CONFIG.replace(
  /^version: 1\nmodels:\n/,
  '',
)
  .replace('  churn:', '  fraud:')
  .replace(
    'promote: { requires: advisory }',
    'promote: { requires: advisory }\n    deploy: { environments: [test, staging, production] }',
  )}`;

describe('eight people at one registry', () => {
  let scratch: string;
  /** A clone for each person, and one registry that they share. */
  const clones: Project[] = [];
  let store: FolderStore;
  beforeAll(async () => {
    scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'touchstone-people-')));
    const shared = path.join(scratch, 'shared');
    store = new FolderStore(shared, () => new Date());
    const first = new Project(path.join(scratch, 'clone 0'));
    await first.begin();
    await writeFile(path.join(first.folder, 'touchstone.yml'), TWO_MODELS);
    await writeFile(path.join(first.folder, 'train.py'), TRAIN);
    for (const model of ['churn', 'fraud']) await first.done('train', model);
    await first.done('register', 'churn');
    await first.done('promote', 'churn@v1');
    await first.moveRegistryTo(shared);
    for (const person of PEOPLE) {
      const clone = await first.copyTo(path.join(scratch, `clone ${person}`));
      await symlink(shared, clone.registry);
      await writeFile(path.join(clone.folder, 'train.py'), TRAIN.replace('>= 50', `>= ${50 - person / 100}`));
      await clone.done('train', 'churn');
      clones.push(clone);
    }
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  const all = (args: (person: number) => readonly string[]) =>
    Promise.all(clones.map(({ folder }, index) => touchstone(folder, ...args(index + 1))));

  /** Verifies again and again for as long as others write. */
  async function verifiedMeanwhile<T>(work: Promise<T>): Promise<T> {
    const watched = { going: true };
    const watch = (async () => {
      let looks = 0;
      for (; watched.going; looks += 1) expect((await verifyRegistry(store)).problems).toEqual([]);
      return looks;
    })();
    const done = await work.finally(() => (watched.going = false));
    // How often depends on the machine; each of the looks was at a registry in use.
    expect(await watch).toBeGreaterThan(0);
    return done;
  }

  it('register at once: no event is lost, the chain holds, and no look at it meanwhile says otherwise', async () => {
    const ended = await verifiedMeanwhile(all(() => ['register', 'churn', '--json']));
    for (const { exitCode, stderr } of ended) expect(exitCode, stderr).toBe(0);
    const versions = ended.map(({ stdout }) => (JSON.parse(stdout) as { version: number }).version);
    expect(versions.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await verifyRegistry(store)).toMatchObject({ problems: [], checked: { events: 10, versions: 9 } });
  });

  it('register the same bytes at once: one version', async () => {
    const ended = await all(() => ['register', 'fraud', '--json']);
    const documents = ended.map(({ stdout }) => JSON.parse(stdout) as { outcome: string; version: number });
    expect(documents.filter(({ outcome }) => outcome === 'registered')).toHaveLength(1);
    expect(new Set(documents.map(({ version }) => version))).toEqual(new Set([1]));
    expect(await findEnd(store, modelLog(parseModelName('fraud')))).toBe(1);
  });

  it('promote against one champion: one wins, and the others are told why they did not', async () => {
    const { champion } = await readChampion(store, parseEnvironmentName('production'), parseModelName('churn'));
    const expected = champion.kind === 'version' ? champion.manifest : 'none';
    const ended = await verifiedMeanwhile(
      all((person) => ['promote', `churn@v${person + 1}`, '--expect', expected, '--json']),
    );
    const won = ended.filter(({ exitCode }) => exitCode === 0);
    expect(won).toHaveLength(1);
    const [winner] = won.map(({ stdout }) => (JSON.parse(stdout) as { version: number }).version);
    const lost = ended.filter(({ exitCode }) => exitCode === 1);
    expect(lost).toHaveLength(7);
    for (const { stdout, stderr } of lost) {
      expect(JSON.parse(stdout)).toMatchObject({ outcome: 'refused', reason_code: 'baseline_moved' });
      expect(`${stdout}${stderr}`).toMatch(new RegExp(`it serves churn@v${winner}`));
    }
    const now = await readChampion(store, parseEnvironmentName('production'), parseModelName('churn'));
    expect(now.champion).toMatchObject({ version: winner });
    expect((await verifyRegistry(store)).problems).toEqual([]);
  });

  it('promote different models in different environments at once, and each has its champion', async () => {
    const places = ['test', 'staging', 'production', 'test', 'staging', 'production', 'test', 'staging'] as const;
    const ended = await all((person) => {
      const version = person <= 3 ? 'fraud@v1' : `churn@v${person}`;
      return ['promote', version, '--to', places[person - 1] ?? 'test', '--json'];
    });
    expect(ended.map(({ exitCode }) => exitCode)).toEqual(PEOPLE.map(() => 0));
    const { problems } = await verifyRegistry(store);
    expect(problems).toEqual([]);
    for (const environment of ['test', 'staging', 'production'].map(parseEnvironmentName)) {
      for (const model of ['churn', 'fraud'].map(parseModelName)) {
        expect((await readChampion(store, environment, model)).champion.kind).toBe('version');
      }
    }
    const churn = parseModelName('churn');
    // Person 4 and 7 in test, 5 and 8 in staging, 6 after the two of before in production.
    for (const [environment, events] of [
      ['test', 2],
      ['staging', 2],
      ['production', 3],
    ] as const) {
      expect(await findEnd(store, environmentLog(parseEnvironmentName(environment), churn))).toBe(events);
    }
  });
});
