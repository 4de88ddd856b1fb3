import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, LONGEST_LINE, type Line } from '../../src/training/outputLines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const split = (...chunks: (string | Uint8Array)[]): Line[] => {
  const splitter = new LineSplitter();
  const lines = chunks.flatMap((chunk) => splitter.push(typeof chunk === 'string' ? bytes(chunk) : chunk));
  return [...lines, ...splitter.end()];
};
const texts = (...chunks: (string | Uint8Array)[]): string[] => split(...chunks).map((line) => line.text);

describe('the lines of a command', () => {
  it('come when they end, not when the chunk does', () => {
    const splitter = new LineSplitter();
    expect(splitter.push(bytes('epoch 1\nepo'))).toEqual([{ text: 'epoch 1', transient: false }]);
    expect(splitter.push(bytes('ch 2\n'))).toEqual([{ text: 'epoch 2', transient: false }]);
    expect(splitter.end()).toEqual([]);
  });

  it('include the last one without a line feed, and empty ones', () => {
    expect(texts('a\n\nb')).toEqual(['a', '', 'b']);
  });

  it('end alike on Windows, even where the two characters come apart', () => {
    expect(split('a\r\nb\r', '\nc')).toEqual(['a', 'b', 'c'].map((text) => ({ text, transient: false })));
  });

  it('are transient where the next one is written over them', () => {
    expect(split('\r 10%\r 20%', '\r done\nnext\n')).toEqual([
      { text: ' 10%', transient: true },
      { text: ' 20%', transient: true },
      { text: ' done', transient: false },
      { text: 'next', transient: false },
    ]);
  });

  it('keep colours, and survive bytes that are not UTF-8', () => {
    expect(texts('\u001b[31mred\u001b[0m\n')).toEqual(['\u001b[31mred\u001b[0m']);
    expect(texts(new Uint8Array([0x61, 0xff, 0xfe, 0x62, 0x0a]))).toEqual(['a\uFFFD\uFFFDb']);
  });

  it('join a character whose bytes come in two chunks', () => {
    const [first, ...rest] = bytes('é\n');
    expect(texts(new Uint8Array([first ?? 0]), new Uint8Array(rest))).toEqual(['é']);
  });

  it('are cut where they are very long, and say so', () => {
    const [line] = split('x'.repeat(LONGEST_LINE), 'yz\n');
    expect(line?.text).toBe(`${'x'.repeat(LONGEST_LINE)} [cut; the log has the whole line]`);
    expect(texts('x'.repeat(LONGEST_LINE) + '\nshort\n')).toEqual(['x'.repeat(LONGEST_LINE), 'short']);
  });

  it('are the same however the stream is cut into chunks', () => {
    const piece = fc.constantFrom('a', 'é', '\n', '\r', '\r\n', '😀', ' ');
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(40)), (pieces, cuts) => {
        const whole = bytes(pieces.join(''));
        const ends = [...cuts.map((cut) => Math.min(cut, whole.length)), whole.length].toSorted((a, b) => a - b);
        const chunks = ends.map((end, i) => whole.subarray(ends[i - 1] ?? 0, end));
        expect(split(...chunks)).toEqual(split(whole));
      }),
    );
  });
});
