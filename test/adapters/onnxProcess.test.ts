import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { childEndFailure } from '../../src/adapters/onnx/childFailures.ts';
import { frameHead, frameLengths, PREFIX_BYTES } from '../../src/adapters/onnx/frames.ts';
import { strictestEnclosure } from '../../src/adapters/onnx/isolation.ts';
import { ChildEnded, ModelProcess } from '../../src/adapters/onnx/modelProcess.ts';
import type { ChildEnd } from '../../src/adapters/onnx/modelProcess.ts';
import { openOnnxPredictor } from '../../src/adapters/onnx/openOnnxPredictor.ts';
import { ServiceFailure, UserMistake } from '../../src/failure.ts';
import * as onnx from './onnxGraph.ts';

const source = new URL('../../src/adapters/onnx/', import.meta.url);
const child = fileURLToPath(new URL('child.ts', source));
const linux = process.platform === 'linux';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-child-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function script(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

async function endOf(promise: Promise<unknown>): Promise<ChildEnd> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof ChildEnded)) throw new Error(`expected an end, got ${String(error)}`);
  return error.end;
}

const load = { kind: 'load', threads: 1, outputs: [] } as const;

/** A child that answers the bytes that its script writes, whatever it is asked. */
async function answering(text: string, maxBytes = 1000): Promise<ChildEnd> {
  const process_ = new ModelProcess([process.execPath, await script('odd.mjs', text)], maxBytes);
  try {
    return await endOf(process_.ask(load, [], 10));
  } finally {
    await process_.close();
  }
}

describe('a child that is not what it should be', () => {
  test.each([
    ["process.stdout.write('what is this, not a frame')", 'another protocol'],
    [
      "const b = Buffer.alloc(16); b.write('TSM1'); b.writeBigUInt64LE(1n << 40n, 8); process.stdout.write(b)",
      'at most',
    ],
    [
      "const b = Buffer.alloc(18); b.write('TSM1'); b.writeUInt32LE(2, 4); b.write('{}', 16); process.stdout.write(b + 'more')",
      'more bytes',
    ],
  ])('is told to be garbled, and ended (%#)', async (text, message) => {
    const end = await answering(`${text}; setInterval(() => {}, 1000)`);
    expect(end.kind).toBe('garbled');
    expect(end.kind === 'garbled' ? end.message : '').toContain(message);
  });

  test('ends early: its code and its last words are kept', async () => {
    const end = await answering("process.stderr.write('no such module\\n'); process.exit(7)");
    expect(end).toMatchObject({ kind: 'ended', code: 7, said: 'no such module\n' });
  });

  test('is not there at all', async () => {
    const missing = new ModelProcess([join(folder, 'nothing')], 1000);
    expect(await endOf(missing.ask(load, [], 10))).toMatchObject({ kind: 'not-started' });
    await missing.close();
  });

  test('gets none of our environment', async () => {
    const text = 'process.stderr.write(JSON.stringify(Object.keys(process.env))); process.exit(3)';
    process.env['TOUCHSTONE_TEST_SECRET'] = 'hush';
    const end = await answering(text);
    delete process.env['TOUCHSTONE_TEST_SECRET'];
    // macOS adds one of its own to every process.
    const names = JSON.parse(end.kind === 'ended' ? end.said : '[]') as string[];
    expect(names.filter((name) => name !== '__CF_USER_TEXT_ENCODING')).toEqual([]);
  });
});

describe('how an end is told', () => {
  const doing = { where: 'model.onnx', during: 'run', memoryBytes: 2 ** 30 } as const;
  const ended = (signal: NodeJS.Signals | null, said = ''): ChildEnd => ({ kind: 'ended', code: null, signal, said });

  test.each<[ChildEnd, string]>([
    [ended('SIGSEGV'), 'model-crashed'],
    [ended('SIGXFSZ'), 'model-crashed'],
    [ended('SIGUSR2'), 'model-memory'],
    [ended('SIGABRT', "terminate called after throwing an instance of 'std::bad_alloc'"), 'model-memory'],
    [ended('SIGTRAP', 'v8::base::FatalOOM(v8::base::OOMType, char const*)'), 'model-memory'],
    [{ kind: 'late', seconds: 3 }, 'model-timeout'],
    [{ kind: 'garbled', message: 'x' }, 'model-crashed'],
  ])('the model is at fault: %o', (end, code) => {
    const failure = childEndFailure(end, doing);
    expect(failure).toBeInstanceOf(UserMistake);
    expect(failure.code).toBe(code);
  });

  test.each<[ChildEnd, string]>([
    [ended('SIGKILL'), 'model-process-ended'],
    [ended('SIGTERM'), 'model-process-ended'],
    [{ kind: 'ended', code: 1, signal: null, said: '' }, 'model-process-ended'],
    [{ kind: 'not-started', message: 'EAGAIN' }, 'model-process-not-started'],
  ])('the machine is at fault: %o', (end, code) => {
    const failure = childEndFailure(end, doing);
    expect(failure).toBeInstanceOf(ServiceFailure);
    expect(failure.code).toBe(code);
  });
});

test('a frame says how long its parts are', () => {
  const head = frameHead(load, 2 ** 33);
  expect(frameLengths(head.subarray(0, PREFIX_BYTES))).toEqual({
    header: head.length - PREFIX_BYTES,
    payload: 2 ** 33,
  });
  expect(frameLengths(new Uint8Array(PREFIX_BYTES))).toBeUndefined();
});

test('a runtime that cannot be loaded is the machine’s failure', async () => {
  const file = join(folder, 'model.onnx');
  await writeFile(file, onnx.model(onnx.linear([[1], [2]], [3])));
  const broken = await script('broken.mjs', 'throw new Error("libonnxruntime.so.1: cannot open shared object file")');
  const opening = openOnnxPredictor({ file }, { task: { kind: 'regression' }, target: 'y' }, ['a', 'b', 'y'], {
    node: process.execPath,
    child: broken,
  });
  await expect(opening).rejects.toThrow(ServiceFailure);
  await expect(opening).rejects.toThrow('cannot open shared object file');
});

describe.runIf(linux)('on Linux', () => {
  const argumentsOf = async (pid: number): Promise<string> => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');

  async function childrenOf(pid: number): Promise<readonly number[]> {
    const tasks = await readdir(`/proc/${pid}/task`);
    const read = tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => ''));
    return (await Promise.all(read)).flatMap((pids) => pids.split(' ').filter((each) => each !== '')).map(Number);
  }

  async function waitUntil(condition: () => Promise<boolean>, milliseconds: number): Promise<boolean> {
    for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(50)) if (await condition()) return true;
    return condition();
  }

  /** Whether this machine can do something of itself, asked without the code that is tested. */
  const can = (...command: readonly [string, ...string[]]): boolean =>
    spawnSync(command[0], [...command.slice(1), 'true'], { stdio: 'ignore' }).status === 0;

  test('the enclosure is as strict as this machine can make it', async () => {
    const own = [['unshare', '-n'], ['unshare', '-U', '-r', '-n'], []].find(
      ([tool, ...args]) => tool === undefined || can(tool, ...args),
    );
    const [first = 'setpriv', ...rest] = [...(own ?? []), 'setpriv', '--no-new-privs', '--bounding-set=-all'];
    const { network, privileges, memory } = await strictestEnclosure(child, 2 ** 32);
    expect({ network, privileges, memory }).toEqual({
      network: own?.length === 0 ? 'not-isolated' : 'none',
      privileges: can(first, ...rest) ? 'dropped' : 'not-isolated',
      memory: can('prlimit', '--data=8589934592', '--core=0', '--fsize=0') ? 'kernel' : 'watcher',
    });
  });

  test('code in the enclosure reaches no host, writes no file, reads no environment above it and is bounded', async () => {
    const { prefix, network, privileges, memory } = await strictestEnclosure(child, 2 ** 32);
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const written = join(folder, 'written.txt');
    const look = await script(
      'look.mjs',
      `import { appendFileSync, readFileSync } from 'node:fs'; import { connect } from 'node:net';
       process.on('SIGXFSZ', () => {});
       const status = readFileSync('/proc/self/status', 'utf8'); const limits = readFileSync('/proc/self/limits', 'utf8');
       let wrote; try { appendFileSync(${JSON.stringify(written)}, 'pwned'); wrote = 'yes'; } catch (error) { wrote = error.code; }
       let above; try { above = readFileSync('/proc/' + process.ppid + '/environ', 'utf8') && 'read'; } catch (error) { above = error.code; }
       const reached = await new Promise((resolve) => connect(${port}, '127.0.0.1', () => resolve('yes')).on('error', ({ code }) => resolve(code)));
       process.stderr.write(JSON.stringify({ reached, wrote, above, caps: /CapEff:\\s*(\\w+)/.exec(status)[1], data: /Max data size\\s+(\\d+)/.exec(limits)?.[1] }));
       process.exit(0);`,
    );
    const looking = new ModelProcess([...prefix, process.execPath, look], 1000);
    const end = await endOf(looking.ask(load, [], 10));
    server.close();
    const seen = JSON.parse(end.kind === 'ended' ? end.said : '{}') as Record<string, string | undefined>;
    if (network === 'none') expect(seen['reached']).toMatch(/^E/);
    if (privileges === 'dropped') expect(Number.parseInt(seen['caps'] ?? '', 16)).toBe(0);
    // Linux lets nobody look into a process that may more, or that is outside of its own user namespace.
    const mayLess = privileges === 'dropped' && process.getuid?.() === 0;
    if (mayLess || prefix.includes('-U')) expect(seen['above']).toBe('EACCES');
    if (memory === 'kernel') {
      expect(Number(seen['data'])).toBeGreaterThan(2 ** 32);
      expect(Number(seen['data'])).toBeLessThan(2 ** 33);
      expect(seen['wrote']).toBe('EFBIG');
      expect(await readFile(written, 'utf8').catch(() => '')).toBe('');
    }
  });

  test('a model is loaded in that enclosure', async () => {
    const file = join(folder, 'enclosed.onnx');
    await writeFile(file, onnx.model(onnx.linear([[1], [2]], [3])));
    const { network, memory } = await strictestEnclosure(child, 2 ** 32);
    const before = await childrenOf(process.pid);
    const predictor = await openOnnxPredictor(
      { file },
      { task: { kind: 'regression' }, target: 'y' },
      ['a', 'b', 'y'],
      {
        node: process.execPath,
        child,
      },
    );
    try {
      const [model = 0] = (await childrenOf(process.pid)).filter((pid) => !before.includes(pid));
      const networkOf = (pid: number): Promise<string> => readlink(`/proc/${pid}/ns/net`);
      if (network === 'none') expect(await networkOf(model)).not.toBe(await networkOf(process.pid));
      if (memory === 'kernel') expect(await readFile(`/proc/${model}/limits`, 'utf8')).toMatch(/Max file size\s+0 /);
    } finally {
      await predictor.close();
    }
  });

  test('a model that never ends is gone soon after its parent is killed', async () => {
    const file = join(folder, 'endless.onnx');
    await writeFile(file, onnx.model(onnx.endless()));
    const parent = await script(
      'parent.ts',
      `import { openOnnxPredictor } from ${JSON.stringify(new URL('openOnnxPredictor.ts', source).href)};
       const predictor = await openOnnxPredictor({ file: ${JSON.stringify(file)} }, { task: { kind: 'regression' }, target: 'y' }, ['a', 'b', 'y'], { node: process.execPath, child: ${JSON.stringify(child)} });
       const column = { kind: 'float' as const, values: Float64Array.of(0) };
       setTimeout(() => process.stdout.write('running'), 200);
       await predictor.predict({ rows: 1, columns: new Map([['a', column], ['b', column]]) });`,
    );
    const running = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => running.stdout.once('data', resolve));
    const children = (await readFile(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8'))
      .trim()
      .split(' ')
      .map(Number);
    const [model = 0] = children;
    expect(await argumentsOf(model)).toContain('child.ts');
    running.kill('SIGKILL');
    expect(await waitUntil(async () => !(await argumentsOf(model)).includes('child.ts'), 5000)).toBe(true);
  });
});

test('no process is left when predictors are closed', async () => {
  const file = join(folder, 'model.onnx');
  await writeFile(file, onnx.model(onnx.linear([[1], [2]], [3])));
  const predictor = await openOnnxPredictor({ file }, { task: { kind: 'regression' }, target: 'y' }, ['a', 'b', 'y'], {
    node: process.execPath,
    child,
  });
  await predictor.close();
  await predictor.close();
  const column = { kind: 'float', values: Float64Array.of(0) } as const;
  const late = predictor.predict({
    rows: 1,
    columns: new Map([
      ['a', column],
      ['b', column],
    ]),
  });
  await expect(late).rejects.toThrow(ServiceFailure);
});
