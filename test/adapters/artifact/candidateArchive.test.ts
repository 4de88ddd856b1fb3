import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeCandidate } from '../../../src/adapters/artifact/candidateArchive.ts';
import type { ArchiveLimits } from '../../../src/adapters/artifact/archiveEntries.ts';
import { digestOfBytes } from '../../../src/identity/digest.ts';
import { formatCandidate } from '../../../src/training/parseCandidate.ts';
import type { Candidate } from '../../../src/training/candidate.ts';
import { candidateOf } from '../../fakes/registryWorld.ts';
import { mistakeIn } from '../../fakes/mistakeOf.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { directoryOf, writeFormat, zipOf, type Contents } from './zips.ts';

const MODEL = Buffer.from('the bytes of a model');
const WORDS = Buffer.from('{"tokens":[]}');

function candidate(change: Partial<Candidate> = {}): Candidate {
  return {
    ...candidateOf(1),
    output: { path: 'model.onnx', digest: digestOfBytes(MODEL), bytes: MODEL.length },
    files: [{ path: 'tokens/words.json', digest: digestOfBytes(WORDS), bytes: WORDS.length }],
    ...change,
  };
}

const WHOLE: Contents = {
  'candidate.json': Buffer.from(formatCandidate(candidate())),
  'model.onnx': MODEL,
  'tokens/words.json': WORDS,
  'train.log': Buffer.from('epoch 1'),
};

async function take(bytes: Buffer, limits?: ArchiveLimits): Promise<{ taken: Candidate; folder: string }> {
  const root = await temporaryFolder();
  await writeFile(path.join(root, 'candidate.zip'), bytes);
  const folder = path.join(root, 'candidate');
  return { taken: await takeCandidate(path.join(root, 'candidate.zip'), folder, 'artifact churn', limits), folder };
}

async function refusal(bytes: Buffer, limits?: ArchiveLimits): Promise<string> {
  return (await mistakeIn(take(bytes, limits))).problems.map(({ found }) => found).join('; ');
}

describe('a candidate is taken out of an archive', () => {
  it('with the files that it names, and no others', async () => {
    const { taken, folder } = await take(await zipOf(WHOLE));
    expect(taken).toEqual(candidate());
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([
      'candidate.json',
      'model.onnx',
      'tokens',
      path.join('tokens', 'words.json'),
    ]);
    expect(await readFile(path.join(folder, 'model.onnx'))).toEqual(MODEL);
  });

  it('without claims that are nested deeper than anybody can walk', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const text = formatCandidate(candidate()).replace(/"metrics":\{[^}]*\}/, `"metrics":${deep}`);
    const { taken } = await take(await zipOf({ ...WHOLE, 'candidate.json': Buffer.from(text) }));
    expect(taken.claimed).toEqual({});
  });
});

describe('an archive is refused', () => {
  const evil = (name: string, renamed: string): Promise<Buffer> =>
    zipOf({ ...WHOLE, [name]: { content: Buffer.from('evil'), renamed } });

  it.each([
    '../evil.so',
    '../../x.so',
    '/tmp/evil.s',
    'C:/evil.so',
    'a\\..\\evil',
    'a/../evil.',
    './evil.sox',
    'a//evil.so',
    'aux.so/abc',
  ])('where a name is %s', async (name) => {
    const root = await temporaryFolder();
    const bytes = await evil('x'.repeat(name.length), name);
    await writeFile(path.join(root, 'candidate.zip'), bytes);
    await mistakeIn(takeCandidate(path.join(root, 'candidate.zip'), path.join(root, 'in', 'candidate'), 'artifact'));
    // Nothing at all is written before all names are known.
    expect(await readdir(root, { recursive: true })).toEqual(['candidate.zip']);
  });

  it('where an entry is a link, a device or a pipe', async () => {
    for (const format of [0o120000, 0o020000, 0o010000]) {
      const zip = await zipOf({ ...WHOLE, 'model.onnx': { content: Buffer.from('/etc/passwd'), mode: 0o100777 } });
      writeFormat(zip, 'model.onnx', format);
      expect(await refusal(zip)).toBe('"model.onnx" is a link or a special file');
    }
  });

  it('where a name is in it twice, or twice but for its case', async () => {
    expect(await refusal(await evil('model.onnX', 'model.onnx'))).toContain('is in it twice');
    expect(await refusal(await zipOf({ ...WHOLE, 'Model.ONNX': MODEL }))).toContain('is in it twice');
  });

  it('where a file is encrypted, or packed otherwise', async () => {
    const encrypted = await zipOf(WHOLE);
    const at = directoryOf(encrypted, 'model.onnx');
    encrypted.writeUInt16LE(encrypted.readUInt16LE(at + 8) | 1, at + 8);
    expect(await refusal(encrypted)).toBe('"model.onnx" is encrypted');
    const packed = await zipOf(WHOLE);
    packed.writeUInt16LE(12, directoryOf(packed, 'model.onnx') + 10);
    expect(await refusal(packed)).toContain('is packed by method 12');
  });

  it('where a header states 10 GB, before a byte of it is expanded', async () => {
    const zip = await zipOf(WHOLE);
    // Beyond four bytes a size stands in a field of its own: a test of the sum takes three entries of 4 GB less one.
    for (const name of ['model.onnx', 'tokens/words.json', 'train.log']) {
      zip.writeUInt32LE(0xffff_fffe, directoryOf(zip, name) + 24);
    }
    expect(await refusal(zip)).toMatch(/^its files are of \d{10,} bytes or more$/);
  });

  it('where few bytes become many', async () => {
    const bomb = Buffer.alloc(80 * 1024 * 1024);
    const zip = await zipOf({ ...WHOLE, 'model.onnx': bomb });
    expect(await refusal(zip)).toMatch(/^\d+ bytes of it state to become 8388\d+$/);
  });

  it('where many entries lie over each other, none of which becomes much by itself', async () => {
    // Two thousand bytes that are hard to pack, fifty times: some thirty bytes for one.
    const hard = Buffer.concat(
      Array.from({ length: 63 }, (_, at) => Buffer.from(digestOfBytes(Buffer.from([at])), 'hex')),
    );
    const layers = ['a', 'b', 'c', 'd'];
    const zip = await zipOf({
      ...WHOLE,
      ...Object.fromEntries(layers.map((name) => [name, Buffer.alloc(100_000, hard)])),
    });
    const first = directoryOf(zip, 'a');
    const packed = zip.readUInt32LE(first + 20);
    const data = zip.readUInt32LE(directoryOf(zip, 'b') + 42);
    // What the other three have of their own goes; the directory leads all of them to the first.
    const end = directoryOf(zip, 'candidate.json');
    const moved = data - end;
    const laid = Buffer.concat([zip.subarray(0, data), zip.subarray(end)]);
    for (const name of layers) laid.writeUInt32LE(zip.readUInt32LE(first + 42), directoryOf(laid, name) + 42);
    laid.writeUInt32LE(end + moved, laid.lastIndexOf('PK\u0005\u0006', undefined, 'latin1') + 16);
    const limits = { entries: 100, bytes: 1e9, expansion: 45, freeBytes: 0 };
    expect(packed * layers.length * limits.expansion).toBeGreaterThan(layers.length * 100_000);
    expect(await refusal(laid, limits)).toMatch(/^\d+ bytes of it state to become 40\d{4}$/);
  });

  it('where it holds too many entries', async () => {
    const limits = { entries: 3, bytes: 1e9, expansion: 100, freeBytes: 1e9 };
    expect(await refusal(await zipOf(WHOLE), limits)).toBe('it states 4 entries');
  });

  it('where an entry is longer or shorter than it states', async () => {
    for (const states of [MODEL.length - 5, MODEL.length + 5]) {
      const zip = await zipOf({
        ...WHOLE,
        'candidate.json': Buffer.from(
          formatCandidate(candidate({ output: { path: 'model.onnx', digest: digestOfBytes(MODEL), bytes: states } })),
        ),
      });
      zip.writeUInt32LE(states, directoryOf(zip, 'model.onnx') + 24);
      expect(await refusal(zip)).toContain('it cannot be read');
    }
  });

  it('where a file is missing, of another size, or of other bytes than candidate.json says', async () => {
    const { 'model.onnx': model, ...without } = WHOLE;
    expect(model).toBeDefined();
    expect(await refusal(await zipOf(without))).toBe('it holds no "model.onnx"');
    expect(await refusal(await zipOf({ ...WHOLE, 'model.onnx': Buffer.from('x') }))).toBe(
      'its "model.onnx" is of 1 bytes',
    );
    const other = Buffer.from(MODEL.map((byte) => byte ^ 1));
    expect(await refusal(await zipOf({ ...WHOLE, 'model.onnx': other }))).toBe(`its digest is ${digestOfBytes(other)}`);
  });

  it('where candidate.json is missing, no candidate, no text, too large, or names itself', async () => {
    const { 'candidate.json': own, ...without } = WHOLE;
    expect(own).toBeDefined();
    expect(await refusal(await zipOf(without))).toBe('it holds no candidate.json');
    const withText = (text: string | Uint8Array): Promise<string> =>
      zipOf({ ...WHOLE, 'candidate.json': Buffer.from(text) }).then((zip) => refusal(zip));
    expect(await withText('{"accuracy": 0.99}')).toContain('it is missing');
    expect(await withText(new Uint8Array([0xff, 0xfe]))).toContain('it cannot be read');
    expect(await withText(' '.repeat(9 * 1024 * 1024))).toBe('its candidate.json has 9437184 bytes');
    const named = { path: 'candidate.json', digest: digestOfBytes(MODEL), bytes: MODEL.length };
    expect(await withText(formatCandidate(candidate({ output: named })))).toBe('candidate.json names itself as a file');
    const twice = candidate().output;
    expect(await withText(formatCandidate(candidate({ files: [twice] })))).toBe(
      'its candidate.json names a file twice',
    );
  });

  it('where a number in candidate.json has no form that can be digested', async () => {
    const text = formatCandidate(candidate()).replace(/"seed":1/, '"seed":1e999');
    expect(await refusal(await zipOf({ ...WHOLE, 'candidate.json': Buffer.from(text) }))).toContain('Infinity');
  });

  it('where it is no archive, or cut short', async () => {
    expect(await refusal(Buffer.from('not a zip'))).toContain('it cannot be read');
    const whole = await zipOf(WHOLE);
    expect(await refusal(whole.subarray(0, whole.length - 30))).toContain('it cannot be read');
  });
});
