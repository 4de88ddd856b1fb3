import { describe, expect, it } from 'vitest';
import { readGateLines } from '../../src/config/gateLines.ts';

const TEXT = `version: 1
models:
  digits:
    gates:
      - { metric: accuracy, maxRegression: 0.01 }
      - metric: recall[8]
        slice: ink=light
        min: 0.8
`;

describe('the lines of gates', () => {
  const lineOf = readGateLines(TEXT);

  it('are those that they are written on', () => {
    expect(lineOf('digits', 'accuracy@overall')).toBe(5);
    expect(lineOf('digits', 'recall[8]@ink=light')).toBe(6);
  });

  it('are unknown for what is not there, and in what is no configuration', () => {
    expect(lineOf('digits', 'auc@overall')).toBeUndefined();
    expect(lineOf('constructor', 'accuracy@overall')).toBeUndefined();
    expect(readGateLines('models: [')('digits', 'accuracy@overall')).toBeUndefined();
    expect(readGateLines('')('digits', 'accuracy@overall')).toBeUndefined();
  });
});
