import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { ServiceFailure } from '../../failure.ts';
import { LAST_LINES, type CommandEnd, type CommandRequest, type CommandRunner } from '../../training/commandRun.ts';
import { LineSplitter, type Line } from '../../training/outputLines.ts';
import { GRACE, MARK, ProcessGroup, type Grace } from './processGroup.ts';

/** Runs commands in process groups of their own, so that a whole tree of processes can be ended. */
export function commandRunner(grace: Grace = GRACE): CommandRunner {
  return {
    async run(request) {
      const startedMs = performance.now();
      const lastLines: string[] = [];
      const end = await runOnce(request, grace, lastLines);
      return { end, lastLines, seconds: (performance.now() - startedMs) / 1000 };
    },
  };
}

async function runOnce(request: CommandRequest, grace: Grace, lastLines: string[]): Promise<CommandEnd> {
  if (request.signal?.aborted) return { kind: 'cancelled' };
  const log = await opened(request.log);
  try {
    return await runLogged(request, grace, log, lastLines);
  } finally {
    await log.close();
  }
}

async function runLogged(
  request: CommandRequest,
  grace: Grace,
  log: FileHandle,
  lastLines: string[],
): Promise<CommandEnd> {
  const [file, ...args] = request.command;
  const mark = randomUUID();
  const child = execa(file, args, {
    cwd: request.folder,
    env: { ...request.environment, [MARK]: mark },
    extendEnv: false,
    stdin: 'ignore',
    buffer: false,
    encoding: 'buffer',
    reject: false,
    cleanup: false,
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  if (child.pid === undefined) return notStarted(await child);
  const group = new ProcessGroup(child.pid, mark, grace);
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;

  let interruption: 'timed-out' | 'cancelled' | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (why: 'timed-out' | 'cancelled'): void => {
    interruption ??= why;
    stopping ??= group.stop(grace);
  };
  const cancel = (): void => stop('cancelled');
  const timer = setTimeout(() => stop('timed-out'), Math.min(request.timeoutSeconds * 1000, LONGEST_TIMER_MS));
  request.signal?.addEventListener('abort', cancel, { once: true });

  const remember = (line: Line): void => {
    if (line.transient) return;
    lastLines.push(line.text);
    if (lastLines.length > LAST_LINES) lastLines.shift();
  };
  const reading = Promise.all(
    (['stdout', 'stderr'] as const).map((stream) =>
      readLines(child[stream], log, request.log, (line) => {
        remember(line);
        request.onLine({ stream, ...line });
      }),
    ),
  );
  try {
    const [code, signal] = await Promise.race([exited, reading.then(() => exited)]);
    await stopping;
    await group.close(grace);
    // A process that escaped the group may hold the pipes open: what it still says is not waited for.
    await Promise.race([reading, sleep(AFTER_CLOSE_MS, undefined, { ref: false })]);
    if (interruption !== undefined) return { kind: interruption };
    if (signal !== null) return { kind: 'killed', signal };
    return { kind: 'exited', code: code ?? 0 };
  } catch (error) {
    await group.stop(grace);
    await group.close(grace);
    throw error;
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', cancel);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

// setTimeout takes a signed 32-bit count of milliseconds: 24.8 days.
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const AFTER_CLOSE_MS = 1000;

async function readLines(stream: Readable, log: FileHandle, name: string, onLine: (line: Line) => void): Promise<void> {
  const splitter = new LineSplitter();
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Uint8Array;
      // Waiting for the disk holds the command back: nothing piles up in memory.
      await log.write(bytes).catch((error: unknown) => {
        throw logFailure(name, error);
      });
      splitter.push(bytes).forEach(onLine);
    }
  } catch (error) {
    // The reader gave the stream up once the command had ended.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
  splitter.end().forEach(onLine);
}

async function opened(log: string): Promise<FileHandle> {
  try {
    return await open(log, 'a');
  } catch (error) {
    throw logFailure(log, error);
  }
}

function logFailure(log: string, error: unknown): ServiceFailure {
  const found = `the log cannot be written (${error instanceof Error ? error.message : String(error)})`;
  return new ServiceFailure('log-not-written', { where: log, found, remedy: 'Free some space, or mend the rights' });
}

function notStarted(result: {
  readonly code?: string | undefined;
  readonly originalMessage?: string | undefined;
}): CommandEnd {
  if (result.code === 'ENOENT') return { kind: 'not-found' };
  return { kind: 'not-started', reason: NOT_STARTED[result.code ?? ''] ?? result.originalMessage ?? 'it cannot start' };
}

const NOT_STARTED: { readonly [code: string]: string } = {
  EACCES: 'it is not executable',
  ENOEXEC: 'it is no program that this machine runs (a script needs a first line such as #!/bin/sh)',
  E2BIG: 'its arguments and environment are too long',
};
