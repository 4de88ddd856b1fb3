import { describe, expect, it } from 'vitest';
import { digestOfBytes, digestOfJson } from '../../src/identity/digest.ts';
import { lockfileDigest, requirementReferences } from '../../src/training/requirements.ts';

// The syntax is that of https://pip.pypa.io/en/stable/reference/requirements-file-format/.
describe('a requirements file', () => {
  it('names the files that it includes', () => {
    const text = [
      '\uFEFF# -r no.txt',
      '-r base.txt',
      '  --requirement=more/gpu.txt  # CUDA',
      '-c "constraints.txt"',
      '--constraint pins.txt',
      '-rtight.txt',
      'numpy==2.4.6 \\',
      '  --hash=sha256:0',
      'torch==2.1 --extra-index-url https://example.org/r/x#egg',
    ].join('\r\n');
    expect(requirementReferences(text)).toEqual({
      files: ['base.txt', 'more/gpu.txt', 'constraints.txt', 'pins.txt', 'tight.txt'],
      local: [],
    });
  });

  it.each([
    '-e .',
    '--editable=./lib',
    '.',
    '.[extra]',
    './wheels/a-1.0-py3-none-any.whl',
    '../lib',
    '/opt/lib',
    'C:\\lib',
    'file:///opt/lib',
    'lib @ file:///opt/lib',
    'git+file:///opt/lib',
    'vendor/a.tar.gz',
    'a-1.0-py3-none-any.whl ; python_version > "3"',
  ])('tells that %s lies on this machine', (line) => {
    expect(requirementReferences(`numpy\n${line}\n`).local).toEqual([line]);
  });

  it.each([
    'numpy>=1.2,<3; python_version < "3.13"',
    'lib @ https://example.org/lib-1.0.zip',
    'https://example.org/a.whl',
    'git+https://github.com/acme/lib.git@v1',
    '--find-links /wheels',
    'ruamel.yaml',
  ])('tells that %s comes from elsewhere', (line) => {
    expect(requirementReferences(line).local).toEqual([]);
  });

  it('has the digest of its bytes, unless it includes others', () => {
    const [a, b] = ['numpy\n', 'scipy\n'].map(digestOfBytes);
    if (a === undefined || b === undefined) throw new Error('two digests');
    expect(lockfileDigest([{ path: 'requirements.txt', digest: a }])).toBe(a);
    const both = [
      { path: 'requirements.txt', digest: a },
      { path: 'base.txt', digest: b },
    ] as const;
    expect(lockfileDigest(both)).toBe(digestOfJson(both));
  });
});
