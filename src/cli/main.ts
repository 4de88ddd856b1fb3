#!/usr/bin/env node
import nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

// From Node 22.1 on; half of the start-up time of a short command is compiling.
(nodeModule.enableCompileCache as typeof nodeModule.enableCompileCache | undefined)?.();

const { runCli } = await import('./program.ts');
const { EXIT } = await import('./exitCode.ts');
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interrupted.signal.aborted) endAtOnce();
    else interrupted.abort(new DOMException(`Interrupted by ${signal}.`, 'AbortError'));
  });
}

/** Nobody is waited for any more. What was started notices that this process is gone, and ends too. */
function endAtOnce(): never {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
  process.exit(EXIT.interrupted);
}

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  cwd: process.cwd(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupted.signal,
  now: () => new Date(),
  storeTrial: fileURLToPath(new URL('./store-trial.js', import.meta.url)),
  modelRuntime: { node: process.execPath, child: fileURLToPath(new URL('./model-child.js', import.meta.url)) },
});
