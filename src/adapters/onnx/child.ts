import { readSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import type * as Runtime from 'onnxruntime-node';
import type { InferenceSession, OnnxValue, Tensor } from 'onnxruntime-node';
import { ServiceFailure } from '../../failure.ts';
import type { TensorType } from '../../evaluation/predictor.ts';
import { pinnedPart } from '../nativeParts/nativePart.ts';
import { NATIVE_PART_CHANGED, verifyNativePart } from '../nativeParts/verifyNativePart.ts';
import type { Answer, Request } from './frames.ts';
import { frameHead, frameLengths, PREFIX_BYTES } from './frames.ts';
import type { EncodedTensor, TensorData } from './tensors.ts';
import { decodeTensor, elementsOf, encodeTensor, joinRows, takeRows } from './tensors.ts';

/**
 * The child process that holds one model: it reads frames from stdin and answers on stdout until stdin closes. It is
 * handed feature rows and nothing else; whoever starts it bounds its time, memory and network.
 *
 * Reads and writes block on purpose: there is nothing else to do, and blocking reads land straight in the tensors.
 */
const STDIN = 0;
const STDOUT = 1;

type RunRequest = Extract<Request, { kind: 'run' }>;

/** How often the watcher looks, in milliseconds. */
const WATCH_EVERY = 50;

interface Watch {
  readonly parent: number;
  /** 0: the kernel keeps the limit. */
  readonly memoryBytes: number;
}

/**
 * Runs beside the model, which keeps the main thread busy for as long as it likes: ends the process when its parent is
 * gone, and when it passes a memory limit that no kernel keeps (SIGUSR2 tells the parent so).
 */
function watch({ parent, memoryBytes }: Watch): void {
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
    if (memoryBytes > 0 && process.memoryUsage.rss() > memoryBytes) process.kill(process.pid, 'SIGUSR2');
  }, WATCH_EVERY);
}

async function serve(): Promise<void> {
  const watching: Watch = { parent: process.ppid, memoryBytes: Number(process.argv[2] ?? 0) };
  // Its own streams: sharing ours would make them non-blocking.
  new Worker(new URL(import.meta.url), { workerData: watching, stdout: true, stderr: true }).unref();
  const runtime = await loadRuntime(process.argv[3]).catch((error: unknown) => {
    const changedPart = error instanceof ServiceFailure && error.code === NATIVE_PART_CHANGED;
    answer({ kind: 'failed', during: 'start', message: messageOf(error), ...(changedPart && { changedPart }) });
    return undefined;
  });
  const requests = new RequestReader();
  let model: LoadedModel | undefined;
  for (let request = requests.next(); request !== undefined && runtime !== undefined; request = requests.next()) {
    try {
      if (request.kind === 'load') model = await load(runtime, request.outputs, request.threads, requests.bytes());
      else if (model === undefined) throw new Error('no model was loaded');
      else await run(runtime, model, request, requests);
    } catch (error) {
      answer({ kind: 'failed', during: request.kind, message: messageOf(error) });
    }
  }
  process.exit(0);
}

/** @param pack that holds it: hashed here, by the process that loads it, since a training may have run before. */
async function loadRuntime(pack: string | undefined): Promise<typeof Runtime> {
  if (pack === undefined) return import('onnxruntime-node');
  await verifyNativePart('onnxruntime', pinnedPart('onnxruntime'), pack);
  return createRequire(path.join(pack, 'index.js'))('onnxruntime-node') as typeof Runtime;
}

interface LoadedModel {
  readonly session: InferenceSession;
  readonly outputs: readonly string[];
}

async function load(
  runtime: typeof Runtime,
  outputs: readonly string[],
  threads: number,
  bytes: Uint8Array,
): Promise<LoadedModel> {
  const session = await runtime.InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
  });
  answer({ kind: 'loaded', runtime: `onnxruntime ${runtime.env.versions.node ?? runtime.env.versions.common}` });
  return { session, outputs };
}

async function run(
  runtime: typeof Runtime,
  model: LoadedModel,
  request: RunRequest,
  requests: RequestReader,
): Promise<void> {
  const inputs = request.inputs.map((header) => ({ header, data: decodeTensor(header, requests.bytes(header.bytes)) }));
  const step = request.rowsPerCall ?? request.rows;
  const calls: Readonly<Record<string, OnnxValue>>[] = [];
  let milliseconds = 0;
  for (let from = 0; from < request.rows; from += step) {
    const feeds: Record<string, Tensor> = {};
    for (const { header, data } of inputs) {
      const trailing = header.dims.slice(1);
      const rows = takeRows(data, elementsOf(trailing), from, step);
      feeds[header.name] = new runtime.Tensor(header.type, rows, [step, ...trailing]);
    }
    const started = performance.now();
    const answered = await model.session.run(feeds, model.outputs);
    milliseconds += performance.now() - started;
    if (request.answer) calls.push(answered);
  }
  const outputs = request.answer ? model.outputs.map((name) => join(name, calls, request)) : [];
  answer(
    { kind: 'answered', milliseconds, outputs: outputs.map(({ header }) => header) },
    outputs.map(({ bytes }) => bytes),
  );
}

/** One output over all calls. Where the file fixes the rows of a call, the last call may have held repeated ones. */
function join(
  name: string,
  calls: readonly Readonly<Record<string, OnnxValue>>[],
  { rows, rowsPerCall }: RunRequest,
): EncodedTensor {
  const tensors = calls.map((call) => {
    const value = call[name];
    if (value === undefined || !('data' in value)) throw new Error(`the output "${name}" is no tensor`);
    return value;
  });
  const [first] = tensors;
  if (first === undefined) throw new Error('no rows were given');
  const cut = rowsPerCall !== undefined && first.dims[0] === rowsPerCall;
  const dims = cut ? [rows, ...first.dims.slice(1)] : first.dims;
  const parts = (cut ? tensors : tensors.slice(0, 1)).map((tensor): TensorData => tensor.data as Float32Array);
  return encodeTensor(name, first.type as TensorType, dims, joinRows(parts, elementsOf(dims)));
}

/** Requests from stdin, one after another; whatever of a payload was not asked for is passed over. */
class RequestReader {
  #left = 0;

  /** `undefined` when the parent has closed the pipe. */
  next(): Request | undefined {
    this.bytes();
    const prefix = readFully(PREFIX_BYTES);
    const lengths = prefix === undefined ? undefined : frameLengths(prefix);
    const header = lengths === undefined ? undefined : readFully(lengths.header);
    if (lengths === undefined || header === undefined) return undefined;
    this.#left = lengths.payload;
    return JSON.parse(new TextDecoder().decode(header)) as Request;
  }

  /** The next bytes of the payload; all that are left unless told. */
  bytes(length = this.#left): Uint8Array {
    const bytes = readFully(length);
    if (bytes === undefined) process.exit(0);
    this.#left -= length;
    return bytes;
  }
}

/** `undefined` where stdin ends first. */
function readFully(length: number): Uint8Array | undefined {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    const count = readSync(STDIN, bytes, filled, length - filled, null);
    if (count === 0) return undefined;
    filled += count;
  }
  return bytes;
}

function answer(header: Answer, payload: readonly Uint8Array[] = []): void {
  const bytes = payload.reduce((sum, chunk) => sum + chunk.length, 0);
  for (const chunk of [frameHead(header, bytes), ...payload]) {
    for (let written = 0; written < chunk.length;) written += writeSync(STDOUT, chunk, written);
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 4000);
}

if (isMainThread) await serve();
else watch(workerData as Watch);
