import path from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { openRegistry } from '../../src/registry/layout.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import { storeOnGitHub } from '../adapters/githubStore/storeOnGitHub.ts';
import { FAULTS } from '../campaigns/gitHubFaults.ts';
import { randomOf } from '../campaigns/random.ts';
import { RegistryWorld } from '../fakes/registryWorld.ts';

const WRITER = path.resolve(import.meta.dirname, '../campaigns/gitHubWriter.ts');
const PEOPLE = [1, 2, 3, 4, 5, 6, 7, 8];

interface Done {
  readonly version: number;
  readonly promoted: string;
  readonly verdict: string;
}

it('eight processes at one registry on GitHub, whose requests go wrong at random, lose no event and do nothing twice', async () => {
  const place = await storeOnGitHub();
  const { github, repository } = place;
  await openRegistry(place.open(), 'write');
  const before = new RegistryWorld(place.open());
  await before.register(1);
  await before.promote(1);
  const seed = Date.now() % 1_000_000;
  const random = randomOf(seed);
  // Once each: what goes wrong for good is for tests of one process.
  const passing = FAULTS.filter(({ fault }) => fault.times === undefined);
  const refused = FAULTS.filter(({ name }) => name === '403 for good').map(({ fault }) => ({ ...fault, times: 1 }));
  const all = [...passing.map(({ fault }) => fault), ...refused];
  let struck = 0;
  const striking = setInterval(() => {
    if (github.faults.pending > 3) return;
    const fault = all[Math.floor(random() * all.length)];
    if (fault === undefined) return;
    github.faults.next({ ...fault, skip: Math.floor(random() * 6) });
    struck += 1;
  }, 60);
  const token = github.token({ user: repository.owner });
  const ended = await Promise.all(
    PEOPLE.map((person) =>
      execa(process.execPath, [WRITER, github.apiUrl, repository.fullName, token, String(person)], { reject: false }),
    ),
  ).finally(() => {
    clearInterval(striking);
    github.faults.clear();
  });
  expect(
    ended.map(({ exitCode, stderr }) => (exitCode === 0 ? '' : stderr)),
    `seed ${seed}`,
  ).toEqual(PEOPLE.map(() => ''));
  expect(struck).toBeGreaterThan(20);
  const done = ended.map(({ stdout }) => JSON.parse(stdout) as Done);
  expect(done.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  // Where the answer of a try is lost and nobody came in between, the next one finds that it is done.
  for (const { promoted } of done) expect(['promoted', 'already-done']).toContain(promoted);

  const store = place.open();
  const verified = await verifyRegistry(store);
  expect(verified.problems, `seed ${seed}`).toEqual([]);
  expect(verified.checked).toMatchObject({ versions: 9, events: 18 });
  const verdicts = await repository.run(['ls-tree', '-r', '--name-only', 'refs/heads/touchstone', '--', 'verdicts']);
  for (const { verdict } of done) expect(verdicts).toContain(`${verdict}.json`);
  expect(verdicts.split('\n').filter((name) => name.includes('/looks/'))).toHaveLength(9);
  await place.close();
});
