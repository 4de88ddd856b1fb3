import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix, sep, win32 } from 'node:path';
import type { Problem } from '../../failure.ts';
import { UserMistake } from '../../failure.ts';
import type { Digest } from '../../identity/digest.ts';
import { digestOfBytes } from '../../identity/digest.ts';
import type { OnnxFile } from './modelFile.ts';
import { inMiB, readOnce } from './modelFile.ts';
import type { ExternalTensor } from './externalTensors.ts';
import { fieldsOf, lengthDelimitedTag, totalBytes } from './protobufFields.ts';
import type { Splice } from './protobufFields.ts';

/** Files that belong to the model, by path relative to it; with their digests, where those were written down. */
export type FilesBeside = ReadonlyMap<string, Digest | undefined>;

/**
 * The splices that put the data of external tensors into the model itself, so that the runtime opens no file and what
 * was read here is what runs.
 *
 * @throws UserMistake where a reference leaves the model's folder, is a link, was not declared, or does not fit its file.
 */
export async function inlineExternalData(file: OnnxFile, beside: FilesBeside, maxBytes: number): Promise<Splice[]> {
  const tensors = file.outline.externalTensors;
  if (tensors.length === 0) return [];
  const locations = [...new Set(tensors.map((tensor) => tensor.entries.get('location') ?? ''))];
  const refused = locations.flatMap((location) => refusal(file.where, location, beside));
  const [first, ...rest] = refused;
  if (first !== undefined) throw new UserMistake('model-external-data', first, ...rest);

  const contents = new Map<string, Uint8Array>();
  let left = maxBytes - file.bytes.length;
  for (const location of locations) {
    const bytes = await readBeside(file, location, beside.get(normal(location)), left);
    contents.set(location, bytes);
    left -= bytes.length;
  }
  const inlined = tensors.reduce((sum, tensor) => sum + dataOf(file.where, tensor, contents).length, 0);
  if (inlined > maxBytes - file.bytes.length) {
    throw new UserMistake('model-too-large', {
      where: file.where,
      found: `the model with its external data holds ${inMiB(inlined + file.bytes.length)}`,
      expected: `at most ${inMiB(maxBytes)}`,
    });
  }
  return tensors.map((tensor) => inlinedTensor(file.where, tensor, contents));
}

function normal(location: string): string {
  return posix.normalize(location);
}

function refusal(where: string, location: string, beside: FilesBeside): Problem[] {
  const shown = JSON.stringify(location);
  const parts = location.split(/[\\/]/);
  if (location === '' || location.includes('\0')) {
    return [
      { where, found: 'a tensor lies in another file that is not named', remedy: 'Export the model in one file' },
    ];
  }
  if (isAbsolute(location) || win32.isAbsolute(location) || /^[a-z]:/i.test(location) || parts.includes('..')) {
    return [
      {
        where,
        found: `the model keeps data in ${shown}, outside its folder`,
        expected: 'a file beside the model',
        remedy: 'Export the model in one file, or keep its data beside it and list that file in train.files',
      },
    ];
  }
  if (location.includes('\\') || !beside.has(normal(location))) {
    return [
      {
        where,
        found: `the model keeps data in ${shown}, which is not declared`,
        expected: 'every file of a model to be listed',
        remedy: `Add ${shown} to train.files, or export the model in one file`,
      },
    ];
  }
  return [];
}

async function readBeside(
  file: OnnxFile,
  location: string,
  digest: Digest | undefined,
  left: number,
): Promise<Uint8Array> {
  const where = `${file.where} (${location})`;
  const folder = await realpath(dirname(file.path));
  const expected = join(folder, ...normal(location).split('/'));
  const actual = await realpath(expected).catch(() => undefined);
  if (actual !== undefined && (actual !== expected || !actual.startsWith(folder + sep))) {
    throw new UserMistake('model-external-data', {
      where,
      found: 'the file is a link',
      expected: 'a file of its own beside the model',
      remedy: 'Put the file itself there',
    });
  }
  const bytes = await readOnce(expected, where, left);
  if (digest !== undefined && digestOfBytes(bytes) !== digest) {
    throw new UserMistake('model-digest', {
      where,
      found: `the bytes have the digest ${digestOfBytes(bytes)}`,
      expected: digest,
      remedy: 'The file changed after it was trained; train again, or restore it',
    });
  }
  return bytes;
}

function dataOf(where: string, tensor: ExternalTensor, contents: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const location = tensor.entries.get('location') ?? '';
  const bytes = contents.get(location) ?? new Uint8Array();
  const offset = Number(tensor.entries.get('offset') ?? 0);
  const length = Number(tensor.entries.get('length') ?? bytes.length - offset);
  if (!isCount(offset) || !isCount(length) || offset + length > bytes.length) {
    throw new UserMistake('model-external-data', {
      where: `${where} (${location})`,
      found: `the tensor "${tensor.name}" asks for ${length} bytes from ${offset}, and the file holds ${bytes.length}`,
      remedy: 'The model and its data do not belong together; export both again',
    });
  }
  return bytes.subarray(offset, offset + length);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** The tensor with `raw_data` (field 9) for `external_data` and `data_location` (13, 14). */
function inlinedTensor(where: string, tensor: ExternalTensor, contents: ReadonlyMap<string, Uint8Array>): Splice {
  const data = dataOf(where, tensor, contents);
  const kept = [...fieldsOf(tensor.tensor)]
    .filter((field) => field.number !== 13 && field.number !== 14 && field.number !== 9)
    .map((field) => tensor.tensor.subarray(field.start, field.end));
  const body = [...kept, lengthDelimitedTag(9, data.length), data];
  return {
    start: tensor.start,
    end: tensor.end,
    replacement: [lengthDelimitedTag(tensor.field, totalBytes(body)), ...body],
  };
}
