import { describe, expect, it } from 'vitest';
import { parseModelName } from '../../src/identity/names.ts';
import { parseStoreFolder, parseStoreKey } from '../../src/registry/storeKey.ts';

describe('a key of the store', () => {
  it.each(['registry.json', 'predictions/churn/dt=2026-05-03/part-0.parquet', `verdicts/${'a'.repeat(64)}/x_y.json`])(
    'may be %s',
    (key) => expect(parseStoreKey(key)).toBe(key),
  );

  it.each([
    '',
    '/etc/passwd',
    '../registry.json',
    'models/../../x',
    'models/./x',
    'models//x',
    'models/',
    '.tmp/x',
    'models/.git/config',
    'models/Churn/x',
    'models/a b',
    'models\\churn',
    'c:/x',
    'models/ü',
    'models/x.',
    'models/con',
    'models/aux.json',
    'models/com1/log',
    'a\u0000b',
    'x'.repeat(201),
    `${'abc/'.repeat(300)}x`,
  ])('may not be %j, which leaves the store or which some store cannot hold', (key) => {
    expect(() => parseStoreKey(key)).toThrow(RangeError);
    expect(() => parseStoreFolder(`${key}/`)).toThrow(RangeError);
  });
});

describe('the name of a model', () => {
  it.each(['con', 'nul', 'aux', 'com1', 'lpt9'])('is not the device %s, of which Windows makes no folder', (name) => {
    expect(() => parseModelName(name)).toThrow(RangeError);
    expect(parseModelName(`${name}-x`)).toBe(`${name}-x`);
  });
});
