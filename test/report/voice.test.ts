import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownVoice, plainVoice } from '../../src/report/voice.ts';

const HOSTILE = [
  'a | b',
  'a`b',
  '``',
  '\\|',
  'a\\',
  '<img src=x onerror=alert(1)>',
  '@octo/team',
  '#1',
  '[x](https://evil.example)',
  '![x](https://evil.example/x.png)',
  'https://evil.example',
  'www.evil.example',
  '**bold** _it_ ~~no~~',
  '</details><h1>',
  'line\nbreak\r\n# heading',
  '$x$',
  ':tada:',
  '&amp;&#64;',
  ' ',
  '',
  'x'.repeat(10_000),
  '\u202egnirts',
  '\u001b[31m',
];

describe('foreign text in Markdown', () => {
  it('is a code span where that can hold it', () => {
    expect(markdownVoice.name('recall[8]@ink=light')).toBe('`recall[8]@ink=light`');
    expect(markdownVoice.name('<b>@octo</b> #1')).toBe('`<b>@octo</b> #1`');
  });

  it('is an element with its punctuation as entities where a code span would end', () => {
    expect(markdownVoice.name('a|b`c')).toBe('<code>a&#124;b&#96;c</code>');
  });

  it.each(HOSTILE)('%j is inert as a name', (text) => {
    const name = markdownVoice.name(text);
    expect(name).toMatch(/^(`[^`|\\\n]+`|<code>[^<>`|\\\n@]+<\/code>)$/);
  });

  it.each(HOSTILE)('%j is inert in a sentence', (text) => {
    const prose = markdownVoice.prose(text);
    expect(prose).not.toMatch(/[<>`|\\\n*_[\]~$@]|:\w|https?:|www\./);
  });

  it('keeps sentences legible', () => {
    expect(markdownVoice.prose('12 rows of the class; at least 50 are needed.')).toBe(
      '12 rows of the class; at least 50 are needed.',
    );
  });

  it('does not call people', () => {
    expect(markdownVoice.prose('ask @octo/team about #12')).toBe('ask &#64;&#8203;octo&#47;team about &#35;&#8203;12');
  });
});

describe('foreign text on a terminal', () => {
  it.each(HOSTILE)('%j cannot write on it', (text) => {
    for (const shown of [plainVoice.name(text), plainVoice.prose(text)]) {
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect([...shown].length).toBeLessThanOrEqual(410);
    }
  });

  it('of any kind is bounded and printable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(plainVoice.name(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(markdownVoice.name(text)).toMatch(/^(`[^`|\\\n]+`|<code>[^<>`|\\\n@]+<\/code>)$/);
      }),
    );
  });
});
