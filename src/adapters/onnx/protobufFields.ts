import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * One field of a protobuf message, as bytes in place. Neighbouring scalars of one field number are one field here: a
 * tree ensemble holds millions of unpacked numbers, and nearly all of them are only passed by.
 */
export interface Field {
  readonly number: number;
  readonly wire: WireType;
  /** From the tag to the end of the value, within the message. */
  readonly start: number;
  readonly end: number;
  /** The content of a length-delimited field; the whole run, tags included, of scalars. */
  readonly body: Uint8Array;
}

/** The bytes are not a well-formed protobuf message. */
export class MalformedProtobuf extends Error {
  override readonly name = 'MalformedProtobuf';
}

/**
 * Walks the fields of one message without decoding them.
 * @throws MalformedProtobuf
 */
export function* fieldsOf(message: Uint8Array): Generator<Field, void, undefined> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wire] = readTag(reader);
    if (wire === WireType.LengthDelimited) {
      const body = guarded(() => reader.bytes());
      yield { number, wire, start, end: reader.pos, body };
      continue;
    }
    skipScalar(reader, wire);
    reader.pos = endOfRun(message, start, reader.pos, wire);
    yield { number, wire, start, end: reader.pos, body: message.subarray(start, reader.pos) };
  }
}

function readTag(reader: BinaryReader): [number, WireType] {
  return guarded(() => reader.tag());
}

function skipScalar(reader: BinaryReader, wire: WireType): void {
  if (wire === WireType.StartGroup || wire === WireType.EndGroup) {
    throw new MalformedProtobuf('a group, which ONNX does not use');
  }
  guarded(() => reader.skip(wire));
}

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new MalformedProtobuf(error instanceof Error ? error.message : 'unreadable', { cause: error });
  }
}

/** Where the run of scalars with this one-byte tag ends; element by element would take seconds on a large forest. */
function endOfRun(message: Uint8Array, start: number, firstEnd: number, wire: WireType): number {
  const tag = message[start] ?? 0;
  if (tag >= 0x80) return firstEnd;
  let end = firstEnd;
  const width = wire === WireType.Bit32 ? 4 : wire === WireType.Bit64 ? 8 : 0;
  while (end < message.length && message[end] === tag) {
    let next = end + 1;
    if (width > 0) next += width;
    else {
      while (next < message.length && (message[next] ?? 0) >= 0x80) next++;
      next++;
    }
    if (next > message.length) throw new MalformedProtobuf('premature EOF');
    end = next;
  }
  return end;
}

/** The integers of a varint field, packed or not. */
export function integersOf(field: Field): bigint[] {
  const reader = new BinaryReader(field.body);
  const tagged = field.wire === WireType.Varint;
  const values: bigint[] = [];
  while (reader.pos < reader.len) {
    if (tagged) readTag(reader);
    values.push(BigInt(guarded(() => reader.int64())));
  }
  return values;
}

/** The last value of a varint field, which is the one that counts. */
export function integerOf(field: Field): number {
  return Number(integersOf(field).at(-1) ?? 0n);
}

const UTF8 = new TextDecoder();

export function textOf(field: Field): string {
  return UTF8.decode(field.body);
}

/** Bytes of the message to put something else in the place of, at whole fields of some message within. */
export interface Splice {
  /** Offsets into the outermost message. */
  readonly start: number;
  readonly end: number;
  readonly replacement: readonly Uint8Array[];
}

/**
 * The message with each splice done and every enclosing length written anew; everything else is passed on as views of
 * the same bytes, so unknown fields survive and nothing large is copied.
 */
export function spliceMessage(message: Uint8Array, splices: readonly Splice[]): Uint8Array[] {
  return splice(
    message,
    0,
    [...splices].sort((a, b) => a.start - b.start),
  );
}

function splice(message: Uint8Array, base: number, splices: readonly Splice[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let copiedTo = 0;
  for (const field of fieldsOf(message)) {
    const start = base + field.start;
    const end = base + field.end;
    const within = splices.filter((one) => one.start < end && one.end > start);
    if (within.length === 0) continue;
    chunks.push(message.subarray(copiedTo, field.start));
    copiedTo = field.end;
    const whole = within.find((one) => one.start <= start && one.end >= end);
    if (whole !== undefined) {
      if (whole.start === start) chunks.push(...whole.replacement);
      continue;
    }
    const body = splice(field.body, end - field.body.length, within);
    chunks.push(lengthDelimitedTag(field.number, totalBytes(body)), ...body);
  }
  chunks.push(message.subarray(copiedTo));
  return chunks.filter((chunk) => chunk.length > 0);
}

/** Tag and length of a length-delimited field whose content follows. */
export function lengthDelimitedTag(number: number, bytes: number): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(bytes).finish();
}

export function totalBytes(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
