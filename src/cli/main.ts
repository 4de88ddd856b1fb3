#!/usr/bin/env node
import nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

// From Node 22.1 on; half of the start-up time of a short command is compiling.
(nodeModule.enableCompileCache as typeof nodeModule.enableCompileCache | undefined)?.();

const { runCli } = await import('./program.ts');
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted.abort(signal);
    // A second one ends at once: the default handler is back.
  });
}
process.exitCode = await runCli({
  argv: process.argv.slice(2),
  cwd: process.cwd(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupted.signal,
  now: () => new Date(),
  modelRuntime: { node: process.execPath, child: fileURLToPath(new URL('./model-child.js', import.meta.url)) },
});
