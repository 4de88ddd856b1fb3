import { execa } from 'execa';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyRegistry } from '../../../src/registry/verify.ts';
import { callsNoted, environmentOf, type FileCall, type FileFault } from '../../campaigns/fileFault.ts';
import { CautiousDisk, digestOfStore } from '../../campaigns/powerCut.ts';
import { randomOf } from '../../campaigns/random.ts';
import { RegistryWorld } from '../../fakes/registryWorld.ts';

const PROCESS = fileURLToPath(new URL('./folderStoreProcess.ts', import.meta.url));

/** How often the power is cut behind each call. */
const CUTS = 8;

describe('a registry in a folder whose power is cut', { timeout: 120_000 }, () => {
  let scratch: string;
  let root: string;
  let processes = 0;
  beforeEach(async () => {
    scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'touchstone-power-')));
    root = path.join(scratch, 'registry');
  });
  afterEach(() => rm(scratch, { recursive: true }));

  /** The calls of processes that work one after the other, each of which may be killed at one of its calls. */
  async function callsOf(...tasks: readonly (readonly [string, string, Partial<FileFault>?])[]): Promise<FileCall[]> {
    const calls: FileCall[] = [];
    for (const [task, number, strike] of tasks) {
      const fault: FileFault = { folder: root, log: path.join(scratch, `calls ${(processes += 1)}`), ...strike };
      await execa(process.execPath, [PROCESS, root, task, number], { env: environmentOf(fault), reject: !strike });
      const noted = await callsNoted(fault);
      // A call that the process was killed before it made is noted, and had no effect.
      calls.push(...(strike?.how === 'kill-before' ? noted.slice(0, -1) : noted));
    }
    return calls;
  }

  /** Cuts the power behind every call, with whatever the disk then may have kept. */
  async function cutEverywhere(calls: readonly FileCall[], seed: number) {
    const random = randomOf(seed);
    const disk = new CautiousDisk();
    const seen = new Set<string>();
    const problems: string[] = [];
    const champions = [];
    for (const [index, call] of calls.entries()) {
      disk.do(call);
      for (let cut = 0; cut < CUTS; cut += 1) {
        const store = disk.cut(random);
        const state = digestOfStore(store);
        if (seen.has(state)) continue;
        seen.add(state);
        const found = (await verifyRegistry(store)).problems;
        if (found.length > 0)
          problems.push(`behind call ${index} (${call.name} ${call.path}): ${JSON.stringify(found)}`);
        champions.push(await new RegistryWorld(store).champion());
      }
    }
    return { seen: seen.size, problems, champions };
  }

  it('is clean whatever the disk kept of registering, promoting and rolling back', async () => {
    const calls = await callsOf(['register, promote, roll back', '1']);
    const { seen, problems, champions } = await cutEverywhere(calls, 1);
    expect(problems).toEqual([]);
    // Many different states, or nothing was cut.
    expect(seen).toBeGreaterThan(100);
    expect(new Set(champions)).toEqual(new Set([0, 1, 2]));
    // All that a command told of has been seen to.
    const disk = new CautiousDisk();
    for (const call of calls) disk.do(call);
    const kept = disk.cut(() => 0);
    expect((await verifyRegistry(kept)).checked).toMatchObject({ events: 5, versions: 2 });
    expect(await new RegistryWorld(kept).champion()).toBe(1);
  });

  it('is clean where a process built on what another had made, and was killed before it saw to it', async () => {
    const registering = await callsOf(['register', '1']);
    const promoting = await callsOf(['promote v1', '2']);
    // Links of the verdict, the intent and the event, and the folders that were made for them.
    const matters = ({ name, path: at, to = at }: FileCall): boolean =>
      /^(link|mkdir)$/.test(name) && /^(verdicts|intents|models|environments)\/(?!.*state\.json)/.test(to);
    const callsToDieAt = (calls: readonly FileCall[]): number[] =>
      calls.flatMap((call, index) => (matters(call) ? [index + 1] : []));
    const deaths = [
      ...callsToDieAt(registering).map((call) => [call, 'register', '1'] as const),
      ...callsToDieAt(promoting).map((call) => [call, 'promote v1', '2'] as const),
    ];
    expect(deaths.length).toBeGreaterThan(8);
    for (const [call, task, number] of deaths) {
      await rm(root, { recursive: true });
      const killed = [task, number, { call, how: 'kill-after' }] as const;
      const calls = await callsOf(
        ...(task === 'register' ? [killed] : ([['register', '1'], killed] as const)),
        ...(task === 'register' ? ([['register', '1']] as const) : []),
        ['promote v1', '2'],
      );
      expect((await cutEverywhere(calls, call)).problems).toEqual([]);
    }
  });
});
