import { describe, expect, it } from 'vitest';
import { actionMachine, runStep, type ActionStep } from './actionBundles.ts';
import { leftovers, packs, PARTS, releaseHost, tunnelTo } from './releaseHost.ts';
import { project } from './touchstone.ts';

function train(workspace: string, env: ActionStep['env'] = {}): ActionStep {
  return { action: 'actions/train', workspace, inputs: { model: 'churn', gpu: 'none' }, env };
}

describe('native parts that are fetched', () => {
  it('are asked for again where the download broke off in the middle', async () => {
    const assets = await packs();
    const host = await releaseHost((asset, times) => {
      const pack = assets.get(asset);
      if (pack === undefined) return 404;
      return times === 1 ? { breaksOff: pack } : pack;
    });
    const machine = await actionMachine({ filled: false });
    const ended = await runStep(machine, train(await project(), { GITHUB_SERVER_URL: host.url }));
    expect(ended.outputs, ended.log).toMatchObject({ reason_code: 'trained' });
    expect(await leftovers(machine)).toEqual([]);
  });

  it('are not loaded where every download breaks off, and by the next run are', async () => {
    const assets = await packs();
    let isBroken = true;
    const host = await releaseHost((asset) => {
      const pack = assets.get(asset);
      if (pack === undefined) return 404;
      return isBroken ? { breaksOff: pack } : pack;
    });
    const machine = await actionMachine({ filled: false });
    const env = { GITHUB_SERVER_URL: host.url };
    const broken = await runStep(machine, train(await project(), env));
    expect(broken.outputs, broken.log).toMatchObject({ reason_code: 'native-part-not-fetched' });
    expect(broken.exitCode).toBe(1);
    expect(await leftovers(machine)).toEqual([]);
    isBroken = false;
    const next = await runStep(machine, train(await project(), env));
    expect(next.outputs, next.log).toMatchObject({ reason_code: 'trained' });
  });

  it('are not loaded where the proxy refuses, and the address is told', async () => {
    const proxy = await tunnelTo('nowhere');
    const machine = await actionMachine({ filled: false });
    const env = { GITHUB_SERVER_URL: 'http://github.example', http_proxy: proxy.url };
    const ended = await runStep(machine, train(await project(), env));
    expect(proxy.asked.length).toBeGreaterThan(0);
    expect(ended.outputs, ended.log).toMatchObject({ reason_code: 'native-part-not-fetched' });
    expect(ended.log).toContain('github.example');
    expect(ended.exitCode).toBe(1);
    expect(await leftovers(machine)).toEqual([]);
  });

  it('by two jobs of one machine at once lie there once, whole', async () => {
    const assets = await packs();
    const host = await releaseHost((asset) => assets.get(asset) ?? 404);
    const machine = await actionMachine({ filled: false });
    const env = { GITHUB_SERVER_URL: host.url };
    const workspaces = [await project(), await project()];
    const ended = await Promise.all(workspaces.map((workspace) => runStep(machine, train(workspace, env))));
    for (const { outputs, log } of ended) expect(outputs, log).toMatchObject({ reason_code: 'trained' });
    expect(await leftovers(machine)).toEqual([]);
    const asked = host.asked.length;
    const warm = await runStep(machine, train(await project(), env));
    expect(warm.outputs).toMatchObject({ reason_code: 'trained' });
    expect(host.asked).toHaveLength(asked);
    expect(asked).toBeGreaterThanOrEqual(PARTS.length);
  });
});
