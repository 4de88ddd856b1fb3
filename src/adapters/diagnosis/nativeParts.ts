import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { NativePart } from '../../diagnosis/machine.ts';

const ANSWER_MS = 20_000;
const require = createRequire(import.meta.url);

/** What a child does with each: load the library, and have it do something small. It prints the version. */
const PARTS: readonly { readonly name: string; readonly module: string; readonly use: string }[] = [
  {
    name: 'onnxruntime',
    module: 'onnxruntime-node',
    use: 'const ort = require(process.argv[1]); new ort.Tensor("float32", [1], [1]); console.log(ort.env.versions.node);',
  },
  {
    name: 'duckdb',
    module: '@duckdb/node-api',
    use: `const duckdb = require(process.argv[1]);
      duckdb.DuckDBInstance.create(":memory:").then(async (instance) => {
        const connection = await instance.connect();
        await connection.run("SELECT 1");
        console.log(duckdb.version());
      });`,
  },
];

/** Loads each native part in a process of its own: a crash there is an answer. */
export function nativeParts(node: string, parts = PARTS): Promise<readonly NativePart[]> {
  return Promise.all(
    parts.map(async ({ name, module, use }) => {
      const file = resolved(module);
      return { name, outcome: file === undefined ? { kind: 'not-installed' } : await loaded(node, file, use) };
    }),
  );
}

function resolved(module: string): string | undefined {
  try {
    return require.resolve(module);
  } catch {
    return undefined;
  }
}

function loaded(node: string, file: string, use: string): Promise<NativePart['outcome']> {
  return new Promise((resolve) => {
    const child = spawn(node, ['-e', use, file], { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    const timer = setTimeout(() => child.kill('SIGKILL'), ANSWER_MS);
    let said = '';
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ kind: 'failed', said: error.message });
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve({ kind: 'loaded', version: said.trim() });
      const why = signal === null ? lastError(complaint) : `its process was ended by ${signal}`;
      resolve({ kind: 'failed', said: why });
    });
  });
}

/** The line of a stack trace that says what happened. */
function lastError(complaint: string): string {
  const lines = complaint.split('\n').map((line) => line.trim());
  return lines.find((line) => /^\w*Error\b.*: /.test(line)) ?? lines.find((line) => line !== '') ?? 'it said nothing';
}
