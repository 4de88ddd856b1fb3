import { describe, expect, it } from 'vitest';
import { parseModelName, parseModelVersion } from '../../src/identity/names.ts';
import type { Digest } from '../../src/identity/digest.ts';
import { selectVersion } from '../../src/registry/selectVersion.ts';
import type { ModelVersions } from '../../src/registry/versions.ts';

const MODEL = parseModelName('churn');
const versions: ModelVersions = {
  schema: 'touchstone/versions/v1',
  versions: ['3f9c2ab1'.padEnd(64, '0'), '3f9c2ab1'.padEnd(64, '1'), 'abcdef01'.padEnd(64, '2')].map(
    (manifest, index) => ({
      number: index + 1,
      manifest: manifest as Digest,
      status: 'registered',
      registeredAt: '2026-05-03T09:30:00.000Z',
      evidence: 'e'.repeat(64) as Digest,
    }),
  ),
};
const select = (text: string): number => selectVersion(MODEL, versions, parseModelVersion(text).version).number;

describe('naming a version', () => {
  it('works by number and by the start of its digest', () => {
    expect(select('churn@v2')).toBe(2);
    expect(select('churn@abcdef01')).toBe(3);
    expect(select('churn@3f9c2ab11')).toBe(2);
    expect(select(`churn@${versions.versions[0]?.manifest}`)).toBe(1);
  });

  it('does not guess between two that a prefix fits', () => {
    expect(() => select('churn@3f9c2ab1')).toThrow(
      'churn@3f9c2ab1: the prefix fits 2 versions: v1 (3f9c2ab1), v2 (3f9c2ab1). Expected a prefix that only one',
    );
  });

  it.each([
    ['churn@v9', 'Expected one of v3 (abcdef01), v2 (3f9c2ab1), v1 (3f9c2ab1). See all with'],
    ['churn@abcdef10', 'If you mean churn@abcdef01, name that.'],
    ['churn@99999999', 'See all with "touchstone registry list churn".'],
  ])('tells what there is instead of %s', (text, told) => {
    expect(() => select(text)).toThrow(told);
  });
});
