import { describe, expect, it } from 'vitest';
import { htmlVoice as voice, said } from '../../src/report/html/htmlVoice.ts';
import { html, styleElement } from '../../src/report/html/markup.ts';

const foreign = '<b a="1" c=\'2\'>&';

describe('a template of HTML', () => {
  it('escapes text between elements and in attributes', () => {
    expect(html`<p title="${foreign}">${foreign}</p>`.toString()).toBe(
      '<p title="&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;">&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;</p>',
    );
  });

  it('keeps markup as it is, and leaves out what is not there', () => {
    const items = [html`<li>${1}</li>`, false, undefined, html`<li>${'a'}</li>`] as const;
    expect(html`${items}`.toString()).toBe('<li>1</li><li>a</li>');
  });

  it('spells out what would act', () => {
    expect(html`${'\u202ea\u0000b\nc'}`.toString()).toBe('\\u202ea\\u0000b\\nc');
  });

  it('cuts what nobody reads', () => {
    expect(html`${'x'.repeat(5_000)}`.toString()).toHaveLength(1_000);
    expect(html`<a title="${'x'.repeat(5_000)}"></a>`.toString().length).toBeLessThan(200);
  });

  it('rounds coordinates, and takes none that is no number', () => {
    expect(html`<rect x="${1 / 3}" />`.toString()).toBe('<rect x="0.33" />');
    expect(() => html`<rect x="${NaN}" />`).toThrow(TypeError);
  });

  it.each([
    ['an attribute without quotes', () => html`<p title=${foreign}></p>`],
    ['a name of an element', () => html`<${foreign}></${foreign}>`],
    ['a name of an attribute', () => html`<p ${foreign}="1"></p>`],
    ['a comment', () => html`<!-- ${foreign} -->`],
    ['an event handler', () => html`<p onclick="${foreign}"></p>`],
    ['a link', () => html`<a href="${foreign}"></a>`],
    ['a source', () => html`<img src="${foreign}" />`],
    ['a style attribute', () => html`<p style="${foreign}"></p>`],
    [
      'a style sheet',
      () =>
        html`<style>
          ${foreign}
        </style>`,
    ],
    [
      'a script',
      () =>
        html`<script>
          ${foreign};
        </script>`,
    ],
    ['a path that is more than lines', () => html`<path d="${foreign}" />`],
    ['an attribute that would hold markup', () => html`<p title="${html`<b></b>`}"></p>`],
  ])('refuses %s', (_, template) => {
    expect(template).toThrow(TypeError);
  });

  it('knows where an attribute ends', () => {
    expect(html`<p a="1 > 0" b="${'"'}">${'"'}</p>`.toString()).toBe('<p a="1 > 0" b="&quot;">&quot;</p>');
    expect(html`<p a="${'"'}" b="${'"'}">${'<'}</p>`.toString()).toBe('<p a="&quot;" b="&quot;">&lt;</p>');
  });

  it('takes no style sheet that ends its element', () => {
    expect(() => styleElement('a{}</style>')).toThrow(TypeError);
  });
});

describe('a sentence in HTML', () => {
  it('has its names as code, commands as keys, and stress', () => {
    expect(
      said(
        `${voice.strong(voice.name('a@v1'))} is ${voice.prose('x < y')}: ${voice.command('touchstone run')}.`,
      ).toString(),
    ).toBe('<strong><code>a@v1</code></strong> is x &lt; y: <kbd>touchstone run</kbd>.');
  });

  it('lets nothing foreign stand for a name or end one', () => {
    expect(said(voice.name('a\u0004\u0003b')).toString()).toBe('<code>a\\u0004\\u0003b</code>');
    expect(said(voice.prose('\u0001a')).toString()).toBe('\\u0001a');
  });

  it('is whole, whatever marks it holds', () => {
    expect(said('\u0001a').toString()).toBe('<code>a</code>');
    expect(said('a\u0004b').toString()).toBe('ab');
  });

  it('keeps a comparison on one line', () => {
    expect(said('Δ > −0.1').toString()).toBe('Δ\u00a0&gt;\u00a0−0.1');
  });
});
