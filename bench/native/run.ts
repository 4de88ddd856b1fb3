// What native parts out of the tool cache add to the start of an action: node bench/native/run.ts
// Each part is hashed, file by file, and loaded, in a process of its own; beside it the same packages of node_modules,
// which nobody hashes. What is added is the difference. It must stay below a second.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { markdownTable } from 'markdown-table';
import { fillToolCache } from '../../test/fakes/toolCache.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const ROUNDS = 9;
const MOST_MS = 1000;

const useDuckdb = `
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run('SELECT 1');
  connection.closeSync();
`;
const useRuntime = `
  const { default: runtime } = await import('onnxruntime-node');
  new runtime.Tensor('float32', [1], [1]);
`;

const folder = await mkdtemp(path.join(tmpdir(), 'touchstone-native-'));
try {
  await fillToolCache(folder);
  // As it is shipped: what is measured is hashing and loading, not the reading of TypeScript.
  const provide = path.join(folder, 'provideNativeParts.mjs');
  await build({
    entryPoints: [path.join(ROOT, 'src/adapters/nativeParts/provideNativeParts.ts')],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
  });
  const host = { serverUrl: 'http://127.0.0.1:9', toolCache: folder, temporary: folder };
  const table = [[`median of ${ROUNDS} pairs`, 'of node_modules', 'of the cache, hashed', 'added']];
  for (const { name, parts, code } of [
    { name: 'DuckDB (validate)', parts: ['duckdb'], code: useDuckdb },
    { name: 'DuckDB and onnxruntime (train, judge)', parts: ['duckdb', 'onnxruntime'], code: useDuckdb + useRuntime },
  ]) {
    const hashing = `
      const { provideNativeParts } = await import(${JSON.stringify(provide)});
      const onFetch = () => { throw new Error('The cache is not filled.'); };
      await provideNativeParts(${JSON.stringify(parts)}, { ...${JSON.stringify(host)}, onFetch });`;
    const pairs: (readonly [plain: number, hashed: number])[] = [];
    for (let round = 0; round < ROUNDS; round += 1) pairs.push([await time(code), await time(hashing + code)]);
    const added = median(pairs.map(([plain, hashed]) => hashed - plain));
    const times = [median(pairs.map(([plain]) => plain)), median(pairs.map(([, hashed]) => hashed)), added];
    table.push([name, ...times.map((ms) => `${Math.round(ms)} ms`)]);
    if (added > MOST_MS) process.exitCode = 1;
  }
  console.log(markdownTable(table, { align: ['l', 'r', 'r', 'r'] }));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Milliseconds from start to end of a process that runs the code. */
async function time(code: string): Promise<number> {
  const file = path.join(ROOT, 'bench', 'native', `.run-${process.pid}.mjs`);
  await writeFile(file, code);
  try {
    const started = performance.now();
    await execa(process.execPath, [file]);
    return performance.now() - started;
  } finally {
    await rm(file, { force: true });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
