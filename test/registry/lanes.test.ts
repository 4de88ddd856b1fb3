import { expect, it } from 'vitest';
import { Lanes } from '../../src/registry/lanes.ts';

it('so many work at a time, whether or not one fails, and all get their turn', async () => {
  const lanes = new Lanes(3);
  let working = 0;
  let most = 0;
  const ended = await Promise.allSettled(
    Array.from({ length: 10 }, (_, at) =>
      lanes.run(async () => {
        most = Math.max(most, (working += 1));
        await new Promise((resolve) => setImmediate(resolve));
        working -= 1;
        if (at % 4 === 0) throw new Error('damaged');
        return at;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
});
