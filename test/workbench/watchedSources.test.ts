import { expect, it } from 'vitest';
import type { ByteSource } from '../../src/registry/store.ts';
import { Terminal } from '../../src/workbench/terminal.ts';
import { watched } from '../../src/workbench/watchedSources.ts';
import { fakeProcess } from '../fakes/process.ts';
import { sourceOf } from '../registry/describeStore.ts';

async function readAll(sources: readonly ByteSource[]): Promise<number> {
  let bytes = 0;
  for (const source of sources) for await (const chunk of source.open()) bytes += chunk.length;
  return bytes;
}

it('shows how far a large file is, and hands every byte on', async () => {
  const process = fakeProcess([]);
  const large = { ...sourceOf(Buffer.alloc(8 << 20)), name: '/models/model.onnx' };
  expect(await watched(new Terminal(process, {}), 'Registering churn', [large], readAll)).toBe(8 << 20);
  expect(process.err().trim().split('\n')).toEqual([
    'Registering churn',
    'Registering churn: model.onnx: 25 % of 8 MiB',
    'Registering churn: model.onnx: 50 % of 8 MiB',
    'Registering churn: model.onnx: 75 % of 8 MiB',
    'Registering churn: model.onnx: 100 % of 8 MiB',
  ]);
});

it('says nothing of small files', async () => {
  const process = fakeProcess([]);
  expect(await watched(new Terminal(process, {}), 'Registering churn', [sourceOf(Buffer.alloc(100))], readAll)).toBe(
    100,
  );
  expect(process.err()).toBe('');
});
