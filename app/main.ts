import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runApp } from './run.ts';
import { stoppingOf } from './stopping.ts';

const code = await runApp({
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stoppingOf(process),
  readFile: (path) => readFileSync(path, 'utf8'),
  // Two folders up in the image too, where this file is a bundle: see Dockerfile.
  manifestFile: fileURLToPath(new URL('../app.yml', import.meta.url)),
  envFile: '.env',
});
// A handler that hangs, or a connection of its own, must not keep a process that has stopped.
process.exit(code);
