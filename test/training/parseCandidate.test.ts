import { describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { parseModelName } from '../../src/identity/names.ts';
import type { Candidate } from '../../src/training/candidate.ts';
import { formatCandidate, parseCandidate } from '../../src/training/parseCandidate.ts';
import { mistakeOf } from '../fakes/mistakeOf.ts';

const digest = digestOfBytes('model');
const object = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';
const candidate: Candidate = {
  schema: 'touchstone/candidate/v1',
  model: parseModelName('digits'),
  output: { path: 'model.onnx', digest, bytes: 5 },
  files: [{ path: 'extra/vocab.txt', digest, bytes: 5 }],
  inputs: {
    code: [{ path: 'train.py', object }],
    data: [{ role: 'train', digest, rows: 3, rowKeys: digest }],
    command: ['python', 'train.py'],
    params: { rate: 0.1, name: 'a', fast: false },
    seed: 7,
    lockfile: digest,
  },
  environment: {
    commit: object,
    tree: object,
    dirty: ['train.py'],
    python: '3.11.7',
    packages: { numpy: '2.4.6' },
    platform: 'linux x64',
    cpus: 2,
    gpus: [{ name: 'NVIDIA H200', driver: '570', memoryMiB: 143771 }],
  },
  claimed: { metrics: { accuracy: 0.99 } },
  startedAt: '2026-11-20T22:09:40.924Z',
  seconds: 2.5,
};

describe('candidate.json', () => {
  it('is read as it was written', () => {
    expect(parseCandidate(formatCandidate(candidate), 'candidate.json')).toEqual(candidate);
  });

  it('is canonical: equal candidates are equal bytes', () => {
    const shuffled = Object.fromEntries(Object.entries(candidate).toReversed()) as unknown;
    expect(formatCandidate(shuffled as Candidate)).toBe(formatCandidate(candidate));
  });

  it('names every invalid field at once', () => {
    const broken = {
      ...candidate,
      model: 'No Name',
      output: { ...candidate.output, digest: 'abc', path: '../model.onnx' },
      inputs: { ...candidate.inputs, seed: 'seven', code: [{ path: 'train.py' }] },
      seconds: -1,
    };
    const told = mistakeOf(() => parseCandidate(JSON.stringify(broken), 'candidate.json'));
    expect(told.code).toBe('candidate-invalid');
    expect(told.problems.map((problem) => problem.where)).toEqual([
      'candidate.json model',
      'candidate.json output.path',
      'candidate.json output.digest',
      'candidate.json inputs.code.0.object',
      'candidate.json inputs.seed',
      'candidate.json seconds',
    ]);
    expect(told.message).toContain('inputs.code.0.object: it is missing');
  });

  it.each(['/etc/passwd', '../x', 'a/../../x', 'a//b', './a', '', 'C:\\x', 'a\\b', 'c:x', 'a\0b'])(
    'refuses the path %j',
    (path) => {
      const text = JSON.stringify({ ...candidate, output: { ...candidate.output, path } });
      expect(() => parseCandidate(text, 'candidate.json')).toThrow('stays inside its folder');
    },
  );

  it('says that it is not JSON', () => {
    expect(mistakeOf(() => parseCandidate('{', 'candidate.json')).message).toContain('it is not JSON');
  });
});
