import { readdir, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nativePartFolder, pinnedPart } from '../../src/adapters/nativeParts/nativePart.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { actionMachine, runStep, type ActionStep } from './actionBundles.ts';
import { onnxProject } from './onnxProject.ts';
import { leftovers, packs, PARTS, releaseHost, tunnelTo } from './releaseHost.ts';
import { project } from './touchstone.ts';

function train(workspace: string, env: ActionStep['env'] = {}): ActionStep {
  return { action: 'actions/train', workspace, inputs: { model: 'churn', gpu: 'none' }, env };
}

describe('the native parts of an action', () => {
  it('are fetched once into the tool cache, and found there from then on', async () => {
    const assets = await packs();
    const host = await releaseHost((asset) => assets.get(asset) ?? 404);
    const machine = await actionMachine({ filled: false });
    const env = { GITHUB_SERVER_URL: host.url };
    const cold = await runStep(machine, train(await project(), env));
    expect(cold.log).toContain('Fetching duckdb');
    expect(cold.outputs).toMatchObject({ reason_code: 'trained' });
    const names = PARTS.map(
      (name) => `/touchstone-ml/touchstone/releases/download/native-parts-1/${pinnedPart(name).pack.name}`,
    );
    expect(host.asked.toSorted()).toEqual(names.toSorted());
    const warm = await runStep(machine, train(await project(), env));
    expect(warm.outputs).toMatchObject({ reason_code: 'trained' });
    expect(host.asked).toHaveLength(names.length);
    expect(await leftovers(machine)).toEqual([]);
  });

  it('are fetched by way of a proxy where one is named', async () => {
    const assets = await packs();
    const host = await releaseHost((asset) => assets.get(asset) ?? 404);
    const proxy = await tunnelTo(host);
    const machine = await actionMachine({ filled: false });
    const env = { GITHUB_SERVER_URL: 'http://github.example', http_proxy: proxy.url };
    const ended = await runStep(machine, train(await project(), env));
    expect(new Set(proxy.asked)).toEqual(new Set(['github.example:80']));
    expect(ended.outputs).toMatchObject({ reason_code: 'trained' });
  });

  it('are asked for again, some seconds later, where the host fails', async () => {
    const assets = await packs();
    const host = await releaseHost((asset, times) => (times === 1 ? 503 : (assets.get(asset) ?? 404)));
    const ended = await runStep(
      await actionMachine({ filled: false }),
      train(await project(), { GITHUB_SERVER_URL: host.url }),
    );
    expect(ended.outputs).toMatchObject({ reason_code: 'trained' });
  });

  it.each([
    ['there is no such asset', (): number => 404, /the answer is 404/],
    ['its bytes are others', (): Buffer => Buffer.from('another pack'), /12 bytes are not the \d+/],
  ])('are not loaded where %s; what to do is told', async (_name, answer, said) => {
    const host = await releaseHost(answer);
    const machine = await actionMachine({ filled: false });
    const ended = await runStep(machine, train(await project(), { GITHUB_SERVER_URL: host.url }));
    expect(ended.outputs).toMatchObject({ reason_code: 'native-part-not-fetched' });
    expect(ended.log).toMatch(said);
    expect(ended.log).toContain('set HTTPS_PROXY');
    expect(ended.log).toContain('unpack that file into');
    expect(ended.exitCode).toBe(1);
    expect(await leftovers(machine)).toEqual([]);
  });

  it('are taken from a cache that was filled beforehand, without a network', async () => {
    const ended = await runStep(await actionMachine(), train(await project()));
    expect(ended.log).not.toContain('Fetching');
    expect(ended.outputs).toMatchObject({ reason_code: 'trained' });
  });
});

describe('a cache that somebody wrote to', () => {
  const library = 'node_modules/@duckdb/node-bindings/duckdb.js';
  const proof = 'process.stdout.write("LOADED\\n");';
  const changes: readonly [string, (folder: string) => Promise<void>][] = [
    ['a file is replaced', (folder) => replace(path.join(folder, library), proof)],
    ['a file is added', (folder) => writeFile(path.join(folder, 'node_modules/@duckdb/libstdc++.so.6'), proof)],
    ['a file is missing', (folder) => unlink(path.join(folder, library))],
    [
      'a file is a link',
      async (folder) => {
        const elsewhere = path.join(await temporaryFolder({ 'duckdb.js': proof }), 'duckdb.js');
        await unlink(path.join(folder, library));
        await symlink(elsewhere, path.join(folder, library));
      },
    ],
  ];

  it.each(changes)('is refused where %s, put aside, and fetched afresh by the next run', async (_name, change) => {
    const machine = await actionMachine();
    const folder = nativePartFolder('duckdb', machine.toolCache);
    await change(folder);
    const refused = await runStep(machine, train(await project()));
    expect(refused.outputs).toMatchObject({ reason_code: 'native-part-changed' });
    expect(refused.log).not.toContain('LOADED');
    expect(refused.log).toContain('duckdb was not loaded');
    expect((await readdir(path.dirname(folder))).every((name) => name.includes('.refused-'))).toBe(true);
    const assets = await packs();
    const host = await releaseHost((asset) => assets.get(asset) ?? 404);
    const next = await runStep(machine, train(await project(), { GITHUB_SERVER_URL: host.url }));
    expect(next.log).toContain('Fetching duckdb');
    expect(next.outputs).toMatchObject({ reason_code: 'trained' });
  });

  it('is refused by the process of the model too, though it was sound when the action began', async () => {
    const machine = await actionMachine();
    const file = path.join(
      nativePartFolder('onnxruntime', machine.toolCache),
      'node_modules/onnxruntime-node/dist/index.js',
    );
    const ended = await runStep(machine, {
      ...train(
        await onnxProject({
          before: `__import__("pathlib").Path("${file}").unlink(); open("${file}", "w").write("0")`,
        }),
      ),
      action: '.',
    });
    expect(ended.outputs).toMatchObject({ reason_code: 'native-part-changed' });
  });

  it('judges an ONNX model with the runtime of the cache', async () => {
    const ended = await runStep(await actionMachine(), { ...train(await onnxProject()), action: '.' });
    expect(ended.log).not.toContain('bug');
    expect(ended.outputs).toMatchObject({ reason_code: 'not-compared' });
  });
});

/** A new file in its place: the one of node_modules is the same inode. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
