import { describe, expect, it } from 'vitest';
import { unpinned } from '../../src/diagnosis/python.ts';

// The forms of https://pip.pypa.io/en/stable/reference/requirements-file-format/ and PEP 440.
describe('requirements without an exact version', () => {
  it.each([
    ['numpy', ['numpy']],
    ['numpy>=1.26', ['numpy']],
    ['numpy==1.26.*', ['numpy']],
    ['numpy~=1.26', ['numpy']],
    ['numpy!=1.26', ['numpy']],
    ['scikit-learn[extra]>=1.4  # why', ['scikit-learn']],
    ['numpy==1.26.4', []],
    ['numpy===1.26.4', []],
    ['numpy >=1, ==1.26.4', []],
    ['scikit-learn[extra] == 1.9.0', []],
    ['colorama==0.4.6 ; sys_platform == "win32"', []],
    ['numpy ; python_version == "3.11"', ['numpy']],
    ['tool @ https://example.org/tool-1.0-py3-none-any.whl', []],
    ['-r other.txt\n--index-url https://example.org/simple\n# a comment\n', []],
    ['numpy==1.26.4 \\\n  --hash=sha256:abc\nscipy', ['scipy']],
    ['\uFEFFnumpy', ['numpy']],
  ])('%j: %j', (text, names) => {
    expect(unpinned(text)).toEqual(names);
  });
});
