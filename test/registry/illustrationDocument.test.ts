import { describe, expect, it } from 'vitest';
import type { Illustration } from '../../src/evaluation/illustration/illustration.ts';
import { formatIllustration, parseIllustration } from '../../src/registry/illustrationDocument.ts';
import { classifier, holdoutOf, regressor } from '../evaluation/contest.ts';
import { illustrated } from '../evaluation/illustration/illustrated.ts';

const rows = { count: 60, truth: (row: number) => (row % 3 === 0 ? 'yes' : 'no') };
const model = (step: number): ReturnType<typeof classifier> =>
  classifier(['no', 'yes'], (row) => [1 - ((row * step) % 11) / 11, ((row * step) % 11) / 11]);
const values = { count: 60, truth: (row: number) => row };

const text = (shown: Illustration): string => new TextDecoder().decode(formatIllustration(shown));
const parse = (document: string): Illustration | undefined => parseIllustration(new TextEncoder().encode(document));

describe('an illustration that was kept', () => {
  it('is read as it was', async () => {
    const compared = { candidate: model(3), baseline: model(5) };
    const shown = [
      await illustrated('classes', holdoutOf(rows), compared, { task: { kind: 'binary' }, id: 'customer' }),
      await illustrated('classes', holdoutOf(rows), { candidate: model(3) }, { task: { kind: 'multiclass' } }),
      await illustrated(
        'values',
        holdoutOf(values),
        { candidate: regressor((row) => row + (row % 5)), baseline: regressor((row) => row - (row % 4)) },
        { task: { kind: 'regression' } },
      ),
    ];
    for (const each of shown) expect(parseIllustration(formatIllustration(each))).toEqual(each);
  });

  it('is nothing where the bytes are cut off, changed, or of another version', async () => {
    const compared = { candidate: model(3), baseline: model(5) };
    const shown = await illustrated('classes', holdoutOf(rows), compared, { task: { kind: 'binary' } });
    const written = text(shown);
    expect(parse(written)).toEqual(shown);
    for (const share of [0, 0.1, 0.5, 0.999]) expect(parse(written.slice(0, share * written.length))).toBeUndefined();
    expect(parseIllustration(Uint8Array.of(0xff, 0xfe, 0))).toBeUndefined();
    expect(parse('null')).toBeUndefined();
    expect(parse(written.replace('illustration/v1', 'illustration/v2'))).toBeUndefined();
    expect(parse(written.replace('"confusion"', '"confusions"'))).toBeUndefined();
    expect(parse(written.replace('"leftOut":0', '"leftOut":-1'))).toBeUndefined();
    expect(parse(written.replace('"columns":["row"]', '"columns":["row","more"]'))).toBeUndefined();
  });
});
