import { describe, expect, it } from 'vitest';

import { evaluate, holds, resolve } from './expressions.ts';
import { interpolation } from './interpolation.ts';
import { parseWorkflowFile } from './workflowFile.ts';

import type { Json } from './expressions.ts';

const values = { github: { ref: 'refs/heads/main', event: { number: 7, title: "it's {0}" } }, env: { A: 'a' } };

describe('an expression', () => {
  it.each<[string, Json]>([
    ['github.ref', 'refs/heads/main'],
    ["github.event.nothing || 'else'", 'else'],
    ["fromJSON('[1, 2]')[1]", 2],
    ["format('refs/heads/{0}', 'main') == github.ref", true],
    ["github.ref == 'REFS/HEADS/MAIN'", true],
    ['contains(fromJSON(\'["a"]\'), env.A)', true],
    ['toJSON(github.event.number)', '7'],
    ["'a''b''c'", "a'b'c"],
  ])('%s is %j', (code, value) => {
    expect(evaluate(code, { values })).toEqual(value);
  });

  it.each(['hashFiles(github.ref)', 'nothing.here', 'success()', 'github.ref ==', "fromJSON('{')"])(
    '%s is an error, never nothing',
    (code) => {
      expect(() => evaluate(code, { values })).toThrow(code);
    },
  );

  it('asks for the status where there is one', () => {
    const status = { success: false, failure: true, cancelled: false };
    expect(holds('failure()', { values, status })).toBe(true);
    expect(holds('success()', { values, status })).toBe(false);
    expect(holds('always()', { values, status })).toBe(true);
    expect(holds('cancelled()', { values, status })).toBe(false);
  });
});

describe('text with expressions in it', () => {
  const said = (text: string): Json => evaluate(interpolation(text), { values });

  it.each<[string, Json]>([
    ['${{ github.event.number }}', 7],
    ['n ${{ github.event.number }}!', 'n 7!'],
    ["it's {1} and {{2}} ${{ env.A }} 'so' 'it' is", "it's {1} and {{2}} a 'so' 'it' is"],
    ["${{ '}}' }}${{ env.A }}", '}}a'],
    ['${{ github.event.title }}.', "it's {0}."],
    ['a ${{ env.A }} b ${{ github.ref }}', 'a a b refs/heads/main'],
  ])('%s', (text, value) => {
    expect(said(text)).toEqual(value);
  });

  it('is what the YAML says: blocks without their indentation, folded ones in one line', async () => {
    const file = await parseWorkflowFile(
      [
        'on: push',
        'jobs:',
        '  a:',
        '    runs-on: x',
        '    steps:',
        '      - run: |',
        '          if true; then',
        "            echo '${{ env.A }}'",
        '          fi',
        '      - run: >-',
        '          echo',
        '          ${{ env.A }}',
      ].join('\n'),
      'a.yml',
    );
    const runs = file.jobs[0]?.steps.map((step) => (step.kind === 'run' ? resolve(step.run, { values }) : undefined));
    expect(runs).toEqual(["if true; then\n  echo 'a'\nfi\n", 'echo a']);
  });
});
