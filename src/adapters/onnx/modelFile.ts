import { open } from 'node:fs/promises';
import { digestOfBytes } from '../../identity/digest.ts';
import type { Digest } from '../../identity/digest.ts';
import { UserMistake } from '../../failure.ts';
import { mistakenFor } from './mistakenFile.ts';
import type { OnnxOutline } from './modelOutline.ts';
import { outlineOnnx } from './modelOutline.ts';
import { MalformedProtobuf } from './protobufFields.ts';

/** The newest formats that onnxruntime 1.30 loads; a test holds these against the runtime itself. */
export const NEWEST_IR_VERSION = 13;
export const NEWEST_OPSETS: ReadonlyMap<string, number> = new Map([
  ['', 26],
  ['ai.onnx.ml', 5],
]);

/** A model file in memory: the bytes that were digested, and what they say. */
export interface OnnxFile {
  /** How messages name it. */
  readonly where: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly outline: OnnxOutline;
}

/**
 * Reads a model file once and runs nothing of it.
 *
 * @throws UserMistake where the file is missing, too large, not the expected one, no ONNX model, or too new a one.
 */
export async function readOnnxFile(path: string, where: string, maxBytes: number, digest?: Digest): Promise<OnnxFile> {
  const bytes = await readOnce(path, where, maxBytes);
  const found = digestOfBytes(bytes);
  if (digest !== undefined && found !== digest) {
    throw new UserMistake('model-digest', {
      where,
      found: `the bytes have the digest ${found}`,
      expected: digest,
      remedy: 'The file changed after it was trained; train again, or restore it',
    });
  }
  return { where, path, bytes, digest: found, outline: outlineOf(bytes, where) };
}

/** The file's bytes, read through one handle, so that what is measured is what is read. */
export async function readOnce(path: string, where: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    if (isMissing(error)) {
      throw new UserMistake('model-missing', {
        where,
        found: 'there is no such file',
        remedy: 'Look at train.output and at what the training command wrote',
      });
    }
    throw error;
  });
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) {
      throw new UserMistake('model-too-large', {
        where,
        found: `the file holds ${inMiB(size)}`,
        expected: `at most ${inMiB(maxBytes)}`,
      });
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function outlineOf(bytes: Uint8Array, where: string): OnnxOutline {
  const outline = parsed(bytes, where);
  const tooNew = [...outline.opsets].filter(([domain, version]) => version > (NEWEST_OPSETS.get(domain) ?? Infinity));
  if (outline.irVersion > NEWEST_IR_VERSION || tooNew.length > 0) {
    const opsets = tooNew.map(([domain, version]) => `opset ${version} of ${domain === '' ? 'ai.onnx' : domain}`);
    const ir = outline.irVersion > NEWEST_IR_VERSION ? [`IR version ${outline.irVersion}`] : [];
    throw new UserMistake('model-version', {
      where,
      found: `the model asks for ${[...ir, ...opsets].join(' and ')}`,
      expected: `IR version ${NEWEST_IR_VERSION}, ai.onnx ${NEWEST_OPSETS.get('')}, ai.onnx.ml ${NEWEST_OPSETS.get('ai.onnx.ml')} or older`,
      remedy: 'Export it for an older one, such as target_opset=21 (torch: opset_version=21)',
    });
  }
  return outline;
}

function parsed(bytes: Uint8Array, where: string): OnnxOutline {
  const notOnnx = (found: string, remedy: string, cause?: unknown): UserMistake => {
    const mistake = new UserMistake('model-not-onnx', { where, found, expected: 'an ONNX model', remedy });
    if (cause !== undefined) mistake.cause = cause;
    return mistake;
  };
  if (bytes.length === 0) throw notOnnx('the file is empty', 'Look at what the training command wrote');
  try {
    const outline = outlineOnnx(bytes);
    if (outline.irVersion <= 0 || outline.graph.outputs.length === 0) throw new MalformedProtobuf('no graph in it');
    return outline;
  } catch (error) {
    if (!(error instanceof MalformedProtobuf)) throw error;
    const other = mistakenFor(bytes);
    if (other !== undefined) throw notOnnx(`this is ${other.what}, not an ONNX model`, other.remedy, error);
    // A file cut short starts as a model does: field 1, the IR version.
    if (bytes[0] === 0x08 && (bytes[1] ?? 0) > 0 && (bytes[1] ?? 0) < 0x40) {
      throw notOnnx(
        `the file looks like ONNX and breaks off or is damaged (${bytes.length.toLocaleString('en')} bytes; ${error.message})`,
        'Write or copy it again; a full disk or an interrupted upload leaves such files',
        error,
      );
    }
    throw notOnnx(
      `the file is not an ONNX model (${error.message})`,
      'See docs/models.md for how to export one',
      error,
    );
  }
}

export function inMiB(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return `${mebibytes < 10 ? mebibytes.toFixed(1) : Math.round(mebibytes).toLocaleString('en')} MiB`;
}
