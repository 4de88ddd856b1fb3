import { describe, expect, it } from 'vitest';
import { TRAIN, PUBLISH } from '../../actions/contracts.ts';
import { readInputs } from '../../actions/readInputs.ts';
import { UserMistake } from '../../src/failure.ts';

const GIVEN = { INPUT_MODEL: 'churn', INPUT_GPU: 'none', 'INPUT_GPU-MEMORY': '0', INPUT_DISK: '1024' };

describe('the inputs of an action', () => {
  it('are what they mean, not text', () => {
    expect(readInputs(TRAIN.inputs, { ...GIVEN, INPUT_CONFIG: ' ml/touchstone.yml ' })).toEqual({
      model: 'churn',
      config: 'ml/touchstone.yml',
      gpu: 'none',
      'gpu-memory': 0,
      disk: 1024,
      state: undefined,
    });
  });

  it('are told all together where they are not as they must be', () => {
    const read = (): unknown =>
      readInputs(TRAIN.inputs, { ...GIVEN, INPUT_MODEL: '', INPUT_GPU: 'yes', INPUT_DISK: '-1' });
    expect(read).toThrow(UserMistake);
    expect(read).toThrow(
      /input "model": it is missing[^]*input "gpu": it is "yes"[^]*required, optional, none[^]*input "disk"/,
    );
  });

  it.each(['-1', '1e3', '12abc', '9'.repeat(16)])('take %s for no number of a run', (run) => {
    const given = { INPUT_RUN: run, INPUT_JUDGED: 'success', INPUT_TOKEN: 't' };
    expect(() => readInputs(PUBLISH.inputs, given)).toThrow(/input "run"/);
  });
});
