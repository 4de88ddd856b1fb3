import { describe, expect, it } from 'vitest';

import { parseAssignments } from './environmentFiles.ts';
import { Masks } from './masks.ts';
import { CommandReader } from './workflowCommands.ts';

const read = (line: string): unknown => new CommandReader().read(line);

describe('a command in the output', () => {
  it('is an annotation with its place', () => {
    expect(read('::error file=a%2Cb.py,line=3,endLine=4,col=1,title=Bad%3A so::two%0Alines, 100%25')).toEqual({
      kind: 'annotation',
      annotation: {
        level: 'error',
        message: 'two\nlines, 100%',
        title: 'Bad: so',
        file: 'a,b.py',
        line: 3,
        endLine: 4,
        column: 1,
      },
    });
    expect(read('::warning::why: so')).toEqual({
      kind: 'annotation',
      annotation: { level: 'warning', message: 'why: so' },
    });
  });

  it('opens and closes groups, and names what to hide', () => {
    expect(read('::group::Rows')).toEqual({ kind: 'text', text: '##[group]Rows' });
    expect(read('::endgroup::')).toEqual({ kind: 'text', text: '##[endgroup]' });
    expect(read('::add-mask::s3cret')).toEqual({ kind: 'mask', value: 's3cret' });
    expect(read('::debug::quiet')).toEqual({ kind: 'debug' });
  });

  it('is text where it is none', () => {
    expect(read('a ::error::b')).toEqual({ kind: 'text', text: 'a ::error::b' });
    expect(read('::nothing like that::x')).toEqual({ kind: 'text', text: '::nothing like that::x' });
  });

  it('is told of where runners know it and this one does not', () => {
    expect(read('::set-output name=a::b')).toEqual({ kind: 'unknown', command: 'set-output' });
    expect(read('::add-matcher::x.json')).toEqual({ kind: 'unknown', command: 'add-matcher' });
  });

  it('is text between stop-commands and its token', () => {
    const reader = new CommandReader();
    const kinds = ['::stop-commands::halt', '::error::no', '::halt::', '::error::yes'].map(
      (line) => reader.read(line).kind,
    );
    expect(kinds).toEqual(['text', 'text', 'text', 'annotation']);
  });
});

describe('a file that a step writes into', () => {
  it('has names and values, of several lines too', () => {
    const text = 'a=1\nb<<END\nx=y\n\nz\nEND\n\nc=<<\r\nd=\n';
    expect(parseAssignments(text, 'output')).toEqual([
      ['a', '1'],
      ['b', 'x=y\n\nz'],
      ['c', '<<'],
      ['d', ''],
    ]);
  });

  it.each(['b<<END\nx', 'no equals', '=x', '<<END\nEND'])('is an error where it is neither: %j', (text) => {
    expect(() => parseAssignments(text, 'output')).toThrow("Unable to process file command 'output'");
  });
});

describe('masks', () => {
  it('hide values, longer ones whole, and each line of one', () => {
    const masks = new Masks();
    for (const value of ['abc', 'abcdef', 'one\ntwo', '', ' ']) masks.add(value);
    expect(masks.hide('abcdef abc one two a b')).toBe('*** *** *** *** a b');
    expect(masks.reveals('xabcx')).toBe(true);
    expect(masks.reveals('x')).toBe(false);
  });
});
