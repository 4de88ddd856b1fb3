/** What people put where an ONNX file belongs, told by its first bytes, and how to get the model instead. */
interface OtherFormat {
  readonly what: string;
  readonly remedy: string;
  readonly matches: (head: Uint8Array, text: string) => boolean;
}

const CONVERT = 'Convert the model to ONNX: see docs/models.md';

const FORMATS: readonly OtherFormat[] = [
  {
    what: 'a Git LFS pointer',
    remedy: 'Fetch the file itself: git lfs pull',
    matches: (_, text) => text.startsWith('version https://git-lfs.github.com/spec/'),
  },
  {
    what: 'an HTML page',
    remedy: 'Look at how the file was downloaded: an error or login page was saved in its place',
    matches: (_, text) => /^\s*<(!doctype|html|head|\?xml)/i.test(text),
  },
  {
    what: 'a Python pickle',
    remedy: 'Convert the model to ONNX, with skl2onnx for scikit-learn: see docs/models.md',
    // PROTO opcode with protocol 2 to 5, then FRAME, GLOBAL, EMPTY_DICT or the like: a protobuf has no field there.
    matches: (head) => head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5,
  },
  { what: 'a compressed file (zlib, as joblib writes it)', remedy: CONVERT, matches: starts(0x78, 0x9c) },
  {
    what: 'a gzip file',
    remedy: 'Unpack it, or have the training write the model uncompressed',
    matches: starts(0x1f, 0x8b),
  },
  {
    what: 'a zip archive, such as PyTorch and Keras write',
    remedy: 'Export the model with torch.onnx.export or tf2onnx: see docs/models.md',
    matches: starts(0x50, 0x4b, 0x03, 0x04),
  },
  { what: 'an HDF5 file, such as Keras writes', remedy: CONVERT, matches: starts(0x89, 0x48, 0x44, 0x46) },
  { what: 'a NumPy array', remedy: CONVERT, matches: starts(0x93, 0x4e, 0x55, 0x4d) },
  { what: 'a TensorFlow Lite model', remedy: CONVERT, matches: (head) => ascii(head, 4) === 'TFL3' },
  {
    what: 'a model in the ORT format',
    remedy: 'Use the .onnx file that it was made from',
    matches: (head) => ascii(head, 4) === 'ORTM',
  },
  { what: 'a GGUF model', remedy: CONVERT, matches: (head) => ascii(head, 0) === 'GGUF' },
  {
    what: 'a Parquet file',
    remedy: 'A predictions file ends in .parquet; check train.output',
    matches: (head) => ascii(head, 0) === 'PAR1',
  },
  { what: 'JSON text', remedy: CONVERT, matches: (_, text) => /^\s*[{[]\s*(["{[\d\]}-]|$)/.test(text) },
  { what: 'a text file', remedy: CONVERT, matches: (head) => head.length > 8 && head.every(isText) },
];

/** What a file is that is no ONNX model, in words; `undefined` where its first bytes tell nothing. */
export function mistakenFor(bytes: Uint8Array): { readonly what: string; readonly remedy: string } | undefined {
  const head = bytes.subarray(0, 512);
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  return FORMATS.find((format) => format.matches(head, text));
}

function starts(...magic: readonly number[]): (head: Uint8Array) => boolean {
  return (head) => magic.every((byte, index) => head[index] === byte);
}

function ascii(head: Uint8Array, offset: number): string {
  return String.fromCharCode(...head.subarray(offset, offset + 4));
}

function isText(byte: number): boolean {
  return byte >= 0x80 || (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
