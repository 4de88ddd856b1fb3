import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';

export interface StartedApp {
  readonly process: ChildProcess;
  /** What it said so far, the log on stdout and all else on stderr. */
  readonly said: { stdout: string; stderr: string };
  /** Its lines in the log that have this message. */
  logged(message: string): readonly { readonly [key: string]: unknown }[];
  /** The address it listens at, once it does. */
  url(): Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/** The App as it is started for good, in a process and an environment of its own. */
export function startApp(
  env: { readonly [name: string]: string },
  { cwd, main = '../../app/main.ts' }: { readonly cwd?: string; readonly main?: string } = {},
): StartedApp {
  const child = spawn(process.execPath, [path.resolve(import.meta.dirname, main)], {
    env: { PATH: process.env['PATH'], LOG_FORMAT: 'json', PORT: '0', ...env },
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const logged: StartedApp['logged'] = (message) =>
    said.stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { readonly [key: string]: unknown })
      .filter(({ msg }) => msg === message);
  const url = async (): Promise<string> => {
    await expect.poll(() => logged('listening'), { timeout: 20_000 }).toHaveLength(1);
    return String(logged('listening')[0]?.['url']);
  };
  return { process: child, said, logged, url, ended };
}
