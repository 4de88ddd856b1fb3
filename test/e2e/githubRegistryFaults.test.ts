import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, DEEDS, FAULTS, strike, type Begun } from '../campaigns/gitHubFaults.ts';

/** Of each deed's requests every fourth is struck, by each fault others; all of them: test/campaigns/gitHubErrors.ts. */
const STRIDE = 4;

describe.each(DEEDS)('$name on GitHub', (deed) => {
  let registry: Begun;
  beforeAll(async () => {
    registry = await begin();
  });
  afterAll(() => registry.place.close());

  it.each(FAULTS.map((fault, index) => ({ ...fault, first: index % STRIDE })))(
    'with $name: what is told holds, and a retry does it once',
    async ({ fault, first }) => {
      let request = first;
      for (; ; request += STRIDE) {
        const { isMet, wrong } = await strike(registry, deed, fault, request);
        expect(wrong).toEqual([]);
        if (!isMet) break;
      }
      // Rather few requests, and never none: or the loop has tested nothing.
      expect(request).toBeGreaterThan(8);
      expect(request).toBeLessThan(40);
    },
  );
});
