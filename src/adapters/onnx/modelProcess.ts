import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Answer, FrameLengths, Request } from './frames.ts';
import { frameHead, frameLengths, PREFIX_BYTES } from './frames.ts';

/** Why a child gave no answer. */
export type ChildEnd =
  | { readonly kind: 'late'; readonly seconds: number }
  /** `signal` is the one that ended it, unless it was ours; `said` is the end of what it wrote on stderr. */
  | {
      readonly kind: 'ended';
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly said: string;
    }
  | { readonly kind: 'not-started'; readonly message: string }
  | { readonly kind: 'garbled'; readonly message: string };

export class ChildEnded extends Error {
  override readonly name = 'ChildEnded';
  readonly end: ChildEnd;

  constructor(end: ChildEnd) {
    super(`the model's process gave no answer: ${end.kind}`);
    this.end = end;
  }
}

export interface AnswerFrame {
  readonly header: Answer;
  readonly payload: Uint8Array;
}

const STDERR_KEPT = 4096;

/**
 * The parent's side of one model's process: one request at a time, each with a time limit, after which the process is
 * killed. Nothing of the parent's environment is handed on.
 */
export class ModelProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  readonly #answers = new AnswerReader();
  readonly #maxAnswerBytes: number;
  #waiting: { resolve: (frame: AnswerFrame) => void; reject: (error: Error) => void } | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #ended: Error | undefined;
  #said = '';

  /** @param signal ends the process, and with it every request, for the signal's own reason. */
  constructor(command: readonly string[], maxAnswerBytes: number, signal?: AbortSignal) {
    const [file = '', ...args] = command;
    this.#maxAnswerBytes = maxAnswerBytes;
    this.#child = spawn(file, args, { env: {}, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    const abort = (): void => {
      this.#finish(asError(signal?.reason));
    };
    signal?.addEventListener('abort', abort, { once: true });
    this.#gone = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#finish(new ChildEnded({ kind: 'not-started', message: error.message }));
        resolve();
      });
      this.#child.once('close', (code, ended) => {
        this.#finish(new ChildEnded({ kind: 'ended', code, signal: ended, said: this.#said }));
        signal?.removeEventListener('abort', abort);
        resolve();
      });
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#receive(chunk);
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString('utf8')).slice(-STDERR_KEPT);
    });
    // Writing to a child that has died is told by its end, which says more.
    this.#child.stdin?.on('error', () => undefined);
    if (signal?.aborted === true) abort();
  }

  /**
   * @param seconds for the answer, counted from when earlier requests have theirs.
   * @throws ChildEnded, or the abort signal's reason.
   */
  ask(header: Request, payload: readonly Uint8Array[], seconds: number): Promise<AnswerFrame> {
    const asked = this.#queue.then(() => this.#ask(header, payload, seconds));
    this.#queue = asked.catch(() => undefined);
    return asked;
  }

  /** Ends the process: kindly, then not. Safe to call at any time, and again. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 500);
    await this.#gone;
    clearTimeout(late);
  }

  async #ask(header: Request, payload: readonly Uint8Array[], seconds: number): Promise<AnswerFrame> {
    if (this.#ended !== undefined) throw this.#ended;
    const answered = new Promise<AnswerFrame>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    const late = setTimeout(() => {
      this.#finish(new ChildEnded({ kind: 'late', seconds }));
    }, seconds * 1000);
    const bytes = payload.reduce((sum, chunk) => sum + chunk.length, 0);
    for (const chunk of [frameHead(header, bytes), ...payload]) this.#child.stdin?.write(chunk);
    try {
      return await answered;
    } finally {
      clearTimeout(late);
    }
  }

  #receive(chunk: Buffer): void {
    try {
      const frame = this.#answers.push(chunk, this.#maxAnswerBytes);
      if (frame === undefined) return;
      if (this.#waiting === undefined) throw new Error('an answer that nobody asked for');
      this.#waiting.resolve(frame);
      this.#waiting = undefined;
    } catch (error) {
      this.#finish(new ChildEnded({ kind: 'garbled', message: asError(error).message }));
    }
  }

  /** The first reason counts; what follows is its consequence. */
  #finish(reason: Error): void {
    this.#ended ??= reason;
    this.#waiting?.reject(this.#ended);
    this.#waiting = undefined;
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** Puts chunks together to frames. The child is not trusted: what it states is bounded before it is believed. */
class AnswerReader {
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #lengths: FrameLengths | undefined;
  #header: Answer | undefined;
  #payload = new Uint8Array();
  #filled = 0;

  push(chunk: Buffer, maxBytes: number): AnswerFrame | undefined {
    let rest = chunk;
    if (this.#header === undefined) {
      this.#head.push(chunk);
      this.#headBytes += chunk.length;
      const head = this.#headBytes < PREFIX_BYTES ? undefined : Buffer.concat(this.#head);
      if (head === undefined) return undefined;
      this.#lengths ??= bounded(frameLengths(head), maxBytes);
      const start = PREFIX_BYTES + this.#lengths.header;
      this.#head.splice(0, this.#head.length, head);
      if (head.length < start) return undefined;
      this.#header = JSON.parse(head.toString('utf8', PREFIX_BYTES, start)) as Answer;
      this.#payload = new Uint8Array(this.#lengths.payload);
      rest = head.subarray(start);
    }
    if (rest.length > this.#payload.length - this.#filled) throw new Error('more bytes than the frame states');
    this.#payload.set(rest, this.#filled);
    this.#filled += rest.length;
    if (this.#filled < this.#payload.length) return undefined;
    const frame = { header: this.#header, payload: this.#payload };
    this.#head.length = 0;
    this.#headBytes = 0;
    this.#lengths = undefined;
    this.#header = undefined;
    this.#payload = new Uint8Array();
    this.#filled = 0;
    return frame;
  }
}

function bounded(lengths: FrameLengths | undefined, maxBytes: number): FrameLengths {
  if (lengths === undefined) throw new Error('bytes of another protocol');
  if (lengths.header + lengths.payload > maxBytes) {
    throw new Error(`an answer of ${lengths.header + lengths.payload} bytes, of at most ${maxBytes}`);
  }
  return lengths;
}
