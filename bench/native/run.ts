// What native parts out of the tool cache add to the start of an action: node bench/native/run.ts
// Each part is hashed, file by file, and loaded, in a process of its own; beside it the same packages of node_modules,
// which nobody hashes. What is added is the difference. It must stay below a second.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
  const provide = path.join(ROOT, 'src/adapters/nativeParts/provideNativeParts.ts');
  const uses = {
    'DuckDB (validate)': { parts: ['duckdb'], code: useDuckdb },
    'DuckDB and onnxruntime (train, judge)': { parts: ['duckdb', 'onnxruntime'], code: `${useDuckdb}${useRuntime}` },
  };
  const table = [[`median of ${ROUNDS}`, 'of node_modules', 'of the cache, hashed', 'added']];
  for (const [name, { parts, code }] of Object.entries(uses)) {
    const plain = await median(code);
    const hashed = await median(`
      const { provideNativeParts } = await import(${JSON.stringify(provide)});
      await provideNativeParts(${JSON.stringify(parts)}, { serverUrl: 'http://127.0.0.1:9', toolCache: ${JSON.stringify(folder)},
        temporary: ${JSON.stringify(folder)}, onFetch() { throw new Error('The cache is not filled.'); } });
      ${code}`);
    const added = hashed - plain;
    table.push([name, `${Math.round(plain)} ms`, `${Math.round(hashed)} ms`, `${Math.round(added)} ms`]);
    if (added > MOST_MS) process.exitCode = 1;
  }
  console.log(markdownTable(table, { align: ['l', 'r', 'r', 'r'] }));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Milliseconds from start to end of a process that runs the code. */
async function median(code: string): Promise<number> {
  const file = path.join(ROOT, 'bench', 'native', `.run-${process.pid}.mjs`);
  await writeFile(file, code);
  try {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const started = performance.now();
      await execa(process.execPath, [file]);
      times.push(performance.now() - started);
    }
    return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? NaN;
  } finally {
    await rm(file, { force: true });
  }
}
