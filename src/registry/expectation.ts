import type { Champion } from './champions.ts';

/** Which champion a request is made for: it is refused where another one serves. */
export type ChampionExpectation = { readonly kind: 'none' } | { readonly kind: 'digest'; readonly prefix: string };

/** `none`, or the start of a manifest's digest, 8 digits or more. @throws RangeError */
export function parseChampionExpectation(text: string): ChampionExpectation {
  if (text === 'none') return { kind: 'none' };
  if (/^[0-9a-f]{8,64}$/.test(text)) return { kind: 'digest', prefix: text };
  throw new RangeError(
    `Invalid expectation "${text}": expected "none", or 8 to 64 hex digits of the champion's manifest digest.`,
  );
}

export function expectationHolds(expected: ChampionExpectation, champion: Champion): boolean {
  if (expected.kind === 'none' || champion.kind === 'none') return expected.kind === champion.kind;
  return champion.manifest.startsWith(expected.prefix);
}

export function formatChampionExpectation(expected: ChampionExpectation): string {
  return expected.kind === 'none' ? 'none' : expected.prefix;
}
