// Loaded before a command (node --import), this makes the file system below one folder fail at one call, whatever the
// command is and however it was built. What happened is written to a file as it begins, so that it outlasts a kill.
import { appendFileSync } from 'node:fs';
import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FileFault, FileCall } from './fileFault.ts';

// The processes that this one starts load this too, and meet no fault.
const given = process.env['TOUCHSTONE_TEST_FAULT'];
delete process.env['TOUCHSTONE_TEST_FAULT'];
const fault = JSON.parse(given ?? '{"folder":"","log":""}') as FileFault;

/** The originals, which the replacements call. */
const real = { open: fs.open, mkdir: fs.mkdir, link: fs.link, rename: fs.rename, unlink: fs.unlink };
const realReads = { readFile: fs.readFile, readdir: fs.readdir };
const paths = new WeakMap<FileHandle, string>();
let calls = 0;
let startKiller: (() => void) | undefined;

if (fault.killAfterMs !== undefined) {
  // A thread of its own strikes at any moment, in the middle of a call as well.
  const code = `const { workerData: { flag, pid, ms } } = require('node:worker_threads');
    Atomics.wait(flag, 0, 0); Atomics.wait(flag, 0, 1, ms); process.kill(pid, 'SIGKILL');`;
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const killer = new Worker(code, { eval: true, workerData: { flag, pid: process.pid, ms: fault.killAfterMs } });
  killer.unref();
  startKiller = () => {
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
  };
}

function isBelow(file: unknown): file is string {
  if (given === undefined || typeof file !== 'string') return false;
  const relative = path.relative(fault.folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

function note(call: FileCall): void {
  const where = { path: path.relative(fault.folder, call.path) };
  const to = call.to === undefined ? {} : { to: path.relative(fault.folder, call.to) };
  appendFileSync(fault.log, `${JSON.stringify({ ...call, ...where, ...to, atMs: performance.now() })}\n`);
}

/** Does a call, or what the fault says in its place. `half` does the first half of it. */
async function meet<T>(call: FileCall, act: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> {
  calls += 1;
  if (calls === 1) startKiller?.();
  const met = calls === fault.call || (fault.how === 'error' && fault.lasting === true && calls > (fault.call ?? 0));
  note(call);
  if (!met || fault.how === undefined) return act();
  switch (fault.how) {
    case 'kill-before':
      return die();
    case 'kill-within':
      await half?.();
      return die();
    case 'kill-after':
      await act();
      return die();
    case 'signal':
      process.kill(process.pid, fault.signal ?? 'SIGINT');
      return act();
    case 'error': {
      if (call.name === 'unlink') return act();
      if (call.name === 'write') await half?.();
      const code = fault.code ?? 'EIO';
      throw Object.assign(new Error(`${code}: injected, ${call.name} '${call.path}'`), { code, syscall: call.name });
    }
  }
}

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

/** What all open files share, as properties that may be replaced. */
interface Handles {
  writeFile: (this: FileHandle, bytes: Uint8Array) => Promise<void>;
  sync: (this: FileHandle) => Promise<void>;
}

const probe = await real.open(process.execPath, 'r');
const handles = Object.getPrototypeOf(probe) as Handles;
await probe.close();
const { writeFile, sync } = handles;

handles.writeFile = function (bytes) {
  const file = paths.get(this);
  if (file === undefined) return writeFile.call(this, bytes);
  const call = { name: 'write', path: file, bytes: Buffer.from(bytes).toString('base64') } as const;
  return meet(
    call,
    () => writeFile.call(this, bytes),
    () => writeFile.call(this, bytes.subarray(0, bytes.length >> 1)),
  );
};
handles.sync = function () {
  const file = paths.get(this);
  return file === undefined ? sync.call(this) : meet({ name: 'sync', path: file }, () => sync.call(this));
};
Object.assign(fs, {
  open: async (...args: Parameters<typeof fs.open>) => {
    const [file, flags] = args;
    if (!isBelow(file)) return real.open(...args);
    const opening = (): Promise<FileHandle> => real.open(...args);
    const handle = flags === 'wx' ? await meet({ name: 'create', path: file }, opening) : await opening();
    paths.set(handle, file);
    return handle;
  },
  mkdir: async (...args: Parameters<typeof fs.mkdir>) => {
    const [folder] = args;
    if (!isBelow(folder)) return real.mkdir(...args);
    return meet({ name: 'mkdir', path: folder }, () => real.mkdir(...args));
  },
  link: (from: string, to: string) =>
    isBelow(to) ? meet({ name: 'link', path: from, to }, () => real.link(from, to)) : real.link(from, to),
  rename: (from: string, to: string) =>
    isBelow(to) ? meet({ name: 'rename', path: from, to }, () => real.rename(from, to)) : real.rename(from, to),
  unlink: (file: string) =>
    isBelow(file) ? meet({ name: 'unlink', path: file }, () => real.unlink(file)) : real.unlink(file),
});
if (fault.reads === true) {
  Object.assign(fs, {
    readFile: async (...args: Parameters<typeof fs.readFile>) =>
      isBelow(args[0])
        ? meet({ name: 'read', path: args[0] }, () => realReads.readFile(...args))
        : realReads.readFile(...args),
    readdir: async (...args: Parameters<typeof fs.readdir>) =>
      isBelow(args[0])
        ? meet({ name: 'list', path: args[0] }, () => realReads.readdir(...args))
        : realReads.readdir(...args),
  });
}
syncBuiltinESMExports();
