import { describe, expect, it } from 'vitest';
import type { Illustration } from '../../src/evaluation/illustration/illustration.ts';
import { renderJson } from '../../src/report/json.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { renderTerminal } from '../../src/report/terminal.ts';
import { report } from './report.ts';

const illustration: Illustration = {
  kind: 'classes',
  classes: ['3', '8'],
  curves: [],
  confusion: {
    labels: ['3', '8'],
    leftOut: 0,
    candidate: [
      [1, 0],
      [0, 1],
    ],
  },
  flips: {
    columns: ['patient'],
    fixed: { rows: 1, examples: [{ truth: '3', baseline: '8', candidate: '3', values: ['Jane Doe'] }] },
    broken: { rows: 0, examples: [] },
  },
};

describe('rows of the holdout', () => {
  const shown = report({ illustration });

  it('stay out of the JSON, which holds nothing of the illustration', () => {
    const document = renderJson(shown);
    expect(document).not.toHaveProperty('illustration');
    expect(JSON.stringify(document)).not.toContain('Jane Doe');
    expect(document).toEqual(renderJson(report()));
  });

  it('stay out of Markdown and of the terminal', () => {
    expect(renderMarkdown(shown)).toBe(renderMarkdown(report()));
    expect(renderTerminal(shown, { colour: false })).toBe(renderTerminal(report(), { colour: false }));
  });

  it('stay out of the JSON with the columns that hold them, which are counted alone', () => {
    const [train, holdout] = shown.datasets;
    const told = (dataset: typeof train): object => {
      const { role, files, rows, columns, digest } = dataset ?? {};
      return { role, files, rows, columns, digest };
    };
    expect(renderJson(shown)).toHaveProperty('datasets', [told(train), told(holdout)]);
  });
});
