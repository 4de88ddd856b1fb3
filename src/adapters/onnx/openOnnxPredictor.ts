import type { FeatureBatch, Isolation, ModelSignature, Predictions, Predictor } from '../../evaluation/predictor.ts';
import type { Digest } from '../../identity/digest.ts';
import type { Doing } from './childFailures.ts';
import { answeredFailure, childEndFailure } from './childFailures.ts';
import { encodeBatch } from './encodeBatch.ts';
import type { FilesBeside } from './externalData.ts';
import { inlineExternalData } from './externalData.ts';
import type { Request } from './frames.ts';
import type { MatchedInput, ModelRole } from './inputSignature.ts';
import { matchInputs } from './inputSignature.ts';
import type { Enclosure } from './isolation.ts';
import { strictestEnclosure } from './isolation.ts';
import { readOnnxFile } from './modelFile.ts';
import type { AnswerFrame } from './modelProcess.ts';
import { ChildEnded, ModelProcess } from './modelProcess.ts';
import type { OutputRoles } from './outputRoles.ts';
import { outputSignature, readOutputs } from './outputRoles.ts';
import { spliceMessage } from './protobufFields.ts';
import { readAnswer } from './readAnswer.ts';
import { withoutZipMap } from './zipMap.ts';

/** A model file, and what is known about it beforehand. */
export interface OnnxSource {
  /** Absolute path. */
  readonly file: string;
  /** How messages name it; the path unless given. */
  readonly where?: string;
  /** Refused where the bytes have another one. */
  readonly digest?: Digest;
  /** Files that belong to the model, by path relative to it: its external data must be among them. */
  readonly beside?: FilesBeside;
}

/** How much a model may take. Times are of the wall clock, for the model alone. */
export interface ModelLimits {
  readonly loadSeconds: number;
  /** For one batch. */
  readonly callSeconds: number;
  readonly totalSeconds: number;
  readonly memoryBytes: number;
  /** Of the file with its external data; protobuf itself ends at 2 GiB. */
  readonly fileBytes: number;
}

const DEFAULT_LIMITS: ModelLimits = {
  loadSeconds: 120,
  callSeconds: 300,
  totalSeconds: 3600,
  memoryBytes: 8 * 2 ** 30,
  fileBytes: 2 ** 30,
};

export interface OnnxRuntime {
  /** The Node that runs the child: `process.execPath`. */
  readonly node: string;
  /** Absolute path of the child's entry: `dist/model-child.js`. */
  readonly child: string;
  /** Absolute path of the pack that holds onnxruntime; without it, it is a package beside the child's entry. */
  readonly nativePart?: string;
  /** Of one call; the same for every model that is compared. 1 unless given. */
  readonly threads?: number;
  readonly limits?: Partial<ModelLimits>;
  /** Ends the model's process, and with it every request, for the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface OnnxPredictor extends Predictor {
  readonly digest: Digest;
  readonly isolation: Isolation;
  readonly notes: readonly string[];
}

/** What a model file says about itself, matched with the config and the columns of the data. */
export interface OnnxModel {
  readonly where: string;
  readonly digest: Digest;
  readonly signature: ModelSignature;
  readonly notes: readonly string[];
  readonly inputs: readonly MatchedInput[];
  readonly roles: OutputRoles;
  /** What the runtime loads: the file, without a final ZipMap and with its external data inside. */
  readonly bytes: readonly Uint8Array[];
}

/**
 * Reads a model file without running any of it.
 *
 * @param columns of the data, in its order.
 * @throws UserMistake for everything about the file that is not as it must be.
 */
export async function readOnnxModel(
  source: OnnxSource,
  role: ModelRole,
  columns: readonly string[],
  maxBytes = DEFAULT_LIMITS.fileBytes,
): Promise<OnnxModel> {
  const where = source.where ?? source.file;
  const file = await readOnnxFile(source.file, where, maxBytes, source.digest);
  const { graph } = file.outline;
  const inputs = matchInputs(graph.inputs, role, columns, where);
  const { roles, notes } = readOutputs(graph, role, where);
  const splices = await inlineExternalData(file, source.beside ?? new Map(), maxBytes);
  if (roles.kind === 'classes' && roles.zipMap !== undefined) splices.push(...withoutZipMap(roles.zipMap, graph));
  return {
    where,
    digest: file.digest,
    signature: { inputs: inputs.map((input) => input.signature), output: outputSignature(roles) },
    notes,
    inputs,
    roles,
    bytes: splices.length === 0 ? [file.bytes] : spliceMessage(file.bytes, splices),
  };
}

/**
 * Loads a model into a child process of its own, bounded in time, memory and network as far as the machine allows.
 *
 * @throws UserMistake for a file that cannot be judged, ServiceFailure where the process or the runtime fails.
 */
export async function openOnnxPredictor(
  source: OnnxSource,
  role: ModelRole,
  columns: readonly string[],
  runtime: OnnxRuntime,
): Promise<OnnxPredictor> {
  const limits = { ...DEFAULT_LIMITS, ...runtime.limits };
  const model = await readOnnxModel(source, role, columns, limits.fileBytes);
  const enclosure = await strictestEnclosure(runtime.child, limits.memoryBytes);
  const watched = enclosure.memory === 'watcher' ? limits.memoryBytes : 0;
  const { node, child: entry, nativePart } = runtime;
  const command = [
    ...enclosure.prefix,
    node,
    entry,
    String(watched),
    ...(nativePart === undefined ? [] : [nativePart]),
  ];
  const child = new ModelProcess(command, limits.memoryBytes, runtime.signal);
  const threads = runtime.threads ?? 1;
  try {
    const request: Request = { kind: 'load', threads, outputs: outputNames(model.roles) };
    const loaded = await answerOf(child, request, model.bytes, limits.loadSeconds, {
      where: model.where,
      during: 'load',
      memoryBytes: limits.memoryBytes,
    });
    const named = loaded.header.kind === 'loaded' ? loaded.header.runtime : 'onnxruntime';
    return new ChildPredictor(model, child, limits, isolationOf(enclosure, limits, threads, named));
  } catch (error) {
    await child.close();
    throw error;
  }
}

function isolationOf(enclosure: Enclosure, limits: ModelLimits, threads: number, runtime: string): Isolation {
  return {
    network: enclosure.network,
    privileges: enclosure.privileges,
    memory: { keptBy: enclosure.memory, bytes: limits.memoryBytes },
    time: { callSeconds: limits.callSeconds, totalSeconds: limits.totalSeconds },
    threads,
    runtime,
  };
}

function outputNames(roles: OutputRoles): string[] {
  if (roles.kind === 'values') return [roles.values];
  return [roles.labels?.name, roles.probabilities].filter((name) => name !== undefined);
}

async function answerOf(
  child: ModelProcess,
  request: Request,
  payload: readonly Uint8Array[],
  seconds: number,
  doing: Doing,
): Promise<AnswerFrame> {
  try {
    const frame = await child.ask(request, payload, seconds);
    if (frame.header.kind === 'failed') throw answeredFailure(frame.header, doing);
    return frame;
  } catch (error) {
    throw error instanceof ChildEnded ? childEndFailure(error.end, doing) : error;
  }
}

class ChildPredictor implements OnnxPredictor {
  readonly signature: ModelSignature;
  readonly digest: Digest;
  readonly isolation: Isolation;
  readonly notes: readonly string[];
  readonly #model: OnnxModel;
  readonly #child: ModelProcess;
  readonly #limits: ModelLimits;
  readonly #rowsPerCall: number | undefined;
  #busyMs = 0;
  #rows = 0;

  constructor(model: OnnxModel, child: ModelProcess, limits: ModelLimits, isolation: Isolation) {
    this.signature = model.signature;
    this.digest = model.digest;
    this.isolation = isolation;
    this.notes = model.notes;
    this.#model = model;
    this.#child = child;
    this.#limits = limits;
    this.#rowsPerCall = model.inputs.find((input) => input.fixedRows !== undefined)?.fixedRows;
  }

  get busyMs(): number {
    return this.#busyMs;
  }

  async predict(batch: FeatureBatch): Promise<Predictions> {
    const place = { where: this.#model.where, firstRow: this.#rows, rows: batch.rows };
    this.#rows += batch.rows;
    const answered = batch.rows === 0 ? noRows(this.#model.roles) : undefined;
    return answered ?? readAnswer(await this.#run(batch, true), this.#model.roles, place);
  }

  async latencyMs(batch: FeatureBatch): Promise<number> {
    const { header } = await this.#run(batch, false);
    return header.kind === 'answered' ? header.milliseconds : 0;
  }

  close(): Promise<void> {
    return this.#child.close();
  }

  async #run(batch: FeatureBatch, answer: boolean): Promise<AnswerFrame> {
    const tensors = encodeBatch(batch, this.#model.inputs, this.#model.where);
    const request: Request = {
      kind: 'run',
      rows: batch.rows,
      inputs: tensors.map((tensor) => tensor.header),
      ...(this.#rowsPerCall === undefined ? {} : { rowsPerCall: this.#rowsPerCall }),
      answer,
    };
    const left = this.#limits.totalSeconds - this.#busyMs / 1000;
    const seconds = Math.max(0.001, Math.min(this.#limits.callSeconds, left));
    const doing: Doing = { where: this.#model.where, during: 'run', memoryBytes: this.#limits.memoryBytes };
    const payload = tensors.map((tensor) => tensor.bytes);
    const frame = await answerOf(this.#child, request, payload, seconds, doing);
    if (frame.header.kind === 'answered') this.#busyMs += frame.header.milliseconds;
    return frame;
  }
}

function noRows(roles: OutputRoles): Predictions {
  if (roles.kind === 'values') return { kind: 'values', values: new Float32Array() };
  const probabilities = roles.probabilities === undefined ? {} : { probabilities: new Float32Array() };
  return { kind: 'classes', predicted: new Uint16Array(), ...probabilities };
}
