import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/identity/digest.ts';
import { readClaim } from '../../src/training/claims.ts';

describe('what training claims of itself', () => {
  it('is read as JSON', () => {
    expect(readClaim('\uFEFF{"accuracy": 0.99, "by": {"class": [1, null, true]}}')).toEqual({
      kind: 'claimed',
      value: { accuracy: 0.99, by: { class: [1, null, true] } },
    });
  });

  // json.dumps({"a": float("nan"), "b": float("inf"), "c": -float("inf")}) in Python 3.11.
  it('may hold what Python writes for numbers that JSON has no word for', () => {
    expect(readClaim('{"a": NaN, "b": Infinity, "c": -Infinity, "d": "NaN in \\"text\\" stays", "e": 1e999}')).toEqual({
      kind: 'claimed',
      value: { a: 'NaN', b: 'Infinity', c: '-Infinity', d: 'NaN in "text" stays', e: 'Infinity' },
    });
  });

  it.each([
    ['accuracy: 0.99', 'it is not JSON'],
    ['', 'it is not JSON'],
    ['[0.99]', 'it is not a JSON object'],
    ['0.99', 'it is not a JSON object'],
    ['null', 'it is not a JSON object'],
    [`{"a": ${'['.repeat(40)}${']'.repeat(40)}}`, 'it is nested deeper than 32 levels'],
    [`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, 'it is nested deeper than 32 levels'],
  ])('is unreadable, never an error: %#', (text, because) => {
    expect(readClaim(text)).toEqual({ kind: 'unreadable', because });
  });

  it('always has a canonical form', () => {
    const claim = readClaim('{"half a pair \\ud800": "\\udc00", "__proto__": {"polluted": true}}');
    expect(claim.kind).toBe('claimed');
    if (claim.kind !== 'claimed') return;
    expect(canonicalJson(claim.value)).toContain('"__proto__":{"polluted":true}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
