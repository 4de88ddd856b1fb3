import type { TensorType } from '../../evaluation/predictor.ts';

/**
 * What parent and child say to each other over the child's stdin and stdout. A frame is 16 bytes (magic, length of the
 * header, length of the payload), the header as JSON, and the payload: raw little-endian arrays one after another, in
 * the order in which the header names them.
 */
export type Request =
  /** Payload: the model. Answered by `loaded` or `failed`. */
  | { readonly kind: 'load'; readonly threads: number; readonly outputs: readonly string[] }
  /** Payload: the inputs. Answered by `answered` or `failed`. */
  | {
      readonly kind: 'run';
      readonly rows: number;
      readonly inputs: readonly TensorHeader[];
      /** Rows of one call of the model, where its file fixes them. */
      readonly rowsPerCall?: number;
      /** Without it the outputs stay in the child: only the time is wanted. */
      readonly answer: boolean;
    };

export type Answer =
  | { readonly kind: 'loaded'; readonly runtime: string }
  /** Payload: the outputs. */
  | { readonly kind: 'answered'; readonly milliseconds: number; readonly outputs: readonly TensorHeader[] }
  | {
      readonly kind: 'failed';
      readonly during: 'start' | 'load' | 'run';
      readonly message: string;
      /** Only at the start: the pack of the runtime is not what it must be. */
      readonly changedPart?: true;
    };

export interface TensorHeader {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
  /** In the payload. */
  readonly bytes: number;
  /** The distinct strings that a string tensor's 4-byte elements point into. */
  readonly strings?: readonly string[];
}

export const PREFIX_BYTES = 16;
/** A class list of 65,535 labels and column-wise categories fit; what is longer is no frame of ours. */
const MAX_HEADER_BYTES = 256 * 2 ** 20;
const MAGIC = 0x31_4d_53_54;

export interface FrameLengths {
  readonly header: number;
  readonly payload: number;
}

/** Prefix and header of a frame; its payload follows. */
export function frameHead(header: Request | Answer, payloadBytes: number): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(PREFIX_BYTES + text.length);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(text.length, 4);
  head.writeBigUInt64LE(BigInt(payloadBytes), 8);
  text.copy(head, PREFIX_BYTES);
  return head;
}

/** The lengths that a prefix states; `undefined` where the bytes are no prefix of ours. */
export function frameLengths(prefix: Uint8Array): FrameLengths | undefined {
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  const header = view.getUint32(4, true);
  const payload = Number(view.getBigUint64(8, true));
  if (view.getUint32(0, true) !== MAGIC || header > MAX_HEADER_BYTES || !Number.isSafeInteger(payload))
    return undefined;
  return { header, payload };
}
