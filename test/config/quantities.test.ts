import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDuration, readInstant, readMargin, readShare } from '../../src/config/quantities.ts';

describe('a margin', () => {
  it.each([
    [0, { kind: 'absolute', value: 0 }],
    [0.01, { kind: 'absolute', value: 0.01 }],
    ['2%', { kind: 'relative', fraction: 0.02 }],
    ['2.5 %', { kind: 'relative', fraction: 0.025 }],
    ['0%', { kind: 'relative', fraction: 0 }],
  ])('%s is read', (written, value) => {
    expect(readMargin(written)).toEqual({ kind: 'read', value });
  });

  it.each([-0.01, '-2%', '0.01', '2', '%', '2%%', 'two', '1e1%', ''])('%s is refused', (written) => {
    expect(readMargin(written).kind).toBe('refused');
  });
});

describe('a share', () => {
  it.each([
    ['20%', 0.2],
    [0.2, 0.2],
    ['0.01%', 0.0001],
    ['99.99%', 0.9999],
    ['0.7%', 0.007],
  ])('%s is read', (written, value) => {
    expect(readShare(written)).toEqual({ kind: 'read', value });
  });

  it.each([0, 1, '0%', '100%', '0.001%', -0.2, '-20%', '20', 'a fifth', '2024-07-01'])('%s is refused', (written) => {
    expect(readShare(written).kind).toBe('refused');
  });

  it('of 20 is 20%, most likely', () => {
    expect(readShare(20)).toMatchObject({ kind: 'refused', remedy: 'Write 20%, if that is meant' });
  });

  it('is the same number as percent and as fraction', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), (bucket) => {
        const percent = `${Math.floor(bucket / 100)}.${String(bucket % 100).padStart(2, '0')}%`;
        expect(readShare(percent)).toEqual({ kind: 'read', value: bucket / 10_000 });
      }),
    );
  });
});

describe('a time', () => {
  it.each([
    ['90s', 90],
    ['30m', 1800],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['7d', 604_800],
  ])('%s is %d seconds', (written, value) => {
    expect(readDuration(written)).toEqual({ kind: 'read', value });
  });

  it.each(['', '0s', '8d', '1 hour', '30', '1m1h', '-5m', '1.5h', 60])('%s is refused', (written) => {
    expect(readDuration(written).kind).toBe('refused');
  });
});

describe('an instant', () => {
  it.each([
    ['2024-07-01', '2024-07-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2024-07-01T06:00Z', '2024-07-01T06:00:00.000Z'],
    ['2024-07-01T06:00:00.5+05:30', '2024-07-01T00:30:00.500Z'],
  ])('%s is read', (written, value) => {
    expect(readInstant(written)).toEqual({ kind: 'read', value });
  });

  it.each([
    '2023-02-29',
    '2024-02-30',
    '2024-13-01',
    '2024-00-10',
    '2024-7-1',
    '01.07.2024',
    '2024-07-01T25:00Z',
    '2024-07-01T06:00:61Z',
    '20%',
    '',
  ])('%s is refused', (written) => {
    expect(readInstant(written).kind).toBe('refused');
  });

  it('without an offset is another one on every machine', () => {
    expect(readInstant('2024-07-01T06:00:00')).toMatchObject({
      kind: 'refused',
      remedy: 'Say in which time zone: write 2024-07-01T06:00:00Z for UTC',
    });
  });
});
