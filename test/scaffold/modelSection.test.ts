import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parseConfig.ts';
import type { Proposal } from '../../src/proposal/proposal.ts';
import { newConfig } from '../../src/scaffold/configText.ts';
import { guessedMargin, type ProposedMargin } from '../../src/scaffold/margin.ts';
import { modelSection } from '../../src/scaffold/modelSection.ts';
import { anyProposal, proposal } from './proposals.ts';

const NAMES = { script: 'train.py', requirements: 'requirements.txt', schema: 'schema.yml' };
const MEASURED: ProposedMargin = {
  kind: 'measured',
  margin: { kind: 'absolute', value: 0.0052 },
  rows: 9_713,
  seeds: [1, 2],
  difference: -0.00123,
};

function written(choices: Proposal, margin?: ProposedMargin): string {
  return newConfig(modelSection(choices, NAMES, margin ?? guessedMargin(choices.metric, choices.holdoutRows)));
}

function readBack(text: string, name = 'adults'): ModelConfig {
  const { config } = parseConfig(text, { file: '/p/touchstone.yml', root: '/p', shown: 'touchstone.yml' });
  const model = config.models.get(name as ModelConfig['name']);
  if (model === undefined) throw new Error(`No model ${name} was read back.`);
  return model;
}

describe('the section of a model', () => {
  it('keeps leaves of a rare class from running away, and does not repeat what a person said', () => {
    const text = written(proposal({ reasons: { target: 'as you said' } }));
    // Without it, an AUC of 0.50 in place of 0.99 where one row in a thousand is positive.
    expect(readBack(text).train?.params).toMatchObject({ l2_regularization: 1 });
    expect(text).not.toContain('As you said');
  });

  it('minimises what is gated', () => {
    const lossOf = (choices: Partial<Proposal>): unknown => readBack(written(proposal(choices))).train?.params['loss'];
    expect(lossOf({ task: { kind: 'regression' }, metric: { family: 'mae' }, shown: [] })).toBe('absolute_error');
    expect(lossOf({})).toBeUndefined();
  });

  it('reads back as what was proposed, whatever the columns are called', () => {
    fc.assert(
      fc.property(anyProposal, (choices) => {
        const text = written(choices);
        const model = readBack(text);
        expect(model).toMatchObject({
          target: choices.target,
          task: choices.task,
          data: { train: choices.data, schema: 'schema.yml', split: choices.split },
          slices: choices.slices,
          metrics: choices.shown,
          promote: { requires: 'advisory' },
          train: { command: ['python', 'train.py'], inputs: ['train.py'], output: 'model.onnx', seed: 1 },
        });
        expect([model.id, model.time, model.group]).toEqual([choices.id, choices.time, choices.group]);
        expect(model.gates).toHaveLength(1);
        expect(model.gates[0]).toMatchObject({
          metric: choices.metric,
          slice: 'overall',
          maxRegression: guessedMargin(choices.metric, choices.holdoutRows).margin,
        });
        // Nothing that a terminal would obey, no line that an editor breaks elsewhere.
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 300 },
    );
  });

  it('says beside each choice why it was made', () => {
    const text = written(proposal(), MEASURED);
    expect(text).toMatch(/# Its name is that of a target\.\n\s+target: income\n/);
    expect(text).toMatch(/# No column identifies a row\.\n\s+split: \{ by: row, holdout: 20%, validation: 10% \}/);
    expect(text).toMatch(/# Columns that train\.py does not read[^]*# "fnlwgt": it nearly determines "income"/);
  });

  it('says what a measured margin means in rows', () => {
    // 0.0052 of 9,713 rows are 50.5.
    expect(written(proposal(), MEASURED).replaceAll(/\n\s+# /g, ' ')).toMatch(
      /seed alone \(1 and 2\) differ by 0\.0012 in accuracy on 9,713 rows, .* stays within 0\.0052, 51 rows of 9,713, four times out of five/,
    );
    expect(readBack(written(proposal(), MEASURED)).gates[0]?.maxRegression).toEqual({
      kind: 'absolute',
      value: 0.0052,
    });
  });

  it.each([
    [{ family: 'accuracy' as const }, 0.76071823, 'min', 0.7607],
    [{ family: 'accuracy' as const }, 0.99999, 'min', 0.9999],
    [{ family: 'logLoss' as const }, 0.693147, 'max', 0.6932],
    [{ family: 'auc' as const }, 0.5, 'min', 0.5],
  ])('bounds %o by what always giving the same answer comes to, %f', (metric, floor, bound, value) => {
    const [gate] = readBack(written(proposal({ metric, floor }))).gates;
    expect(gate).toMatchObject({ [bound]: value });
  });

  it('bounds a regression by its floor, and guesses its margin relative to the champion', () => {
    const choices = proposal({
      task: { kind: 'regression' },
      metric: { family: 'mae' },
      shown: [{ family: 'r2' }],
      floor: 142.399,
    });
    const [gate] = readBack(written(choices)).gates;
    // 2.8 / sqrt(9,768) = 0.02833, up to two digits.
    expect(gate).toMatchObject({ max: 142.4, maxRegression: { kind: 'relative', fraction: 0.029 } });
  });
});
