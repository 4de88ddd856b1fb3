import { describe, expect, it } from 'vitest';
import { openSurveyor } from '../../../src/adapters/duckdb/surveyData.ts';
import { proposeTarget } from '../../../src/proposal/proposeTarget.ts';
import type { Associations } from '../../../src/proposal/associations.ts';
import { csvOf, drawing } from '../../proposal/drawnRows.ts';
import { folderOf } from './dataFolder.ts';

type Cells = Readonly<Record<string, string | number | boolean | undefined>>;

async function associationsOf(rows: number, row: (at: number) => Cells): Promise<Associations> {
  const folder = await folderOf({ 'data.csv': csvOf(Array.from({ length: rows }, (_, at) => row(at))) });
  const data = await openSurveyor({ memoryMiB: 512 }).open(folder, ['data.csv']);
  try {
    return await data.associations('y', proposeTarget(data.survey, { target: 'y' }).task.kind);
  } finally {
    data.close();
  }
}

const found = ({ givingAway }: Associations): Record<string, string> =>
  Object.fromEntries(givingAway.map(({ column, sentence }) => [column, sentence]));

describe('columns beside a binary target', () => {
  it('give it away as a copy, a threshold, or by being filled; honest ones do not', async () => {
    const { uniform, normal } = drawing(1);
    const associations = await associationsOf(2_000, (at) => {
      const y = uniform() < 0.3;
      const noisy = uniform() < 0.02 ? !y : y;
      return {
        y: y ? 'yes' : 'no',
        encoded: noisy ? 7 : 3,
        reason_code: y ? `r${Math.floor(uniform() * 9)}` : `k${Math.floor(uniform() * 9)}`,
        over_limit: y ? 100 + uniform() : 99 - uniform(),
        refund_id: y ? at + 10_000 : undefined,
        closed_on: noisy ? '2024-01-31' : undefined,
        body: !y && uniform() < 0.2 ? at : undefined,
        row_id: at,
        token: `t${at}`,
        // An AUC of Phi(1.81 / sqrt 2) = 0.90.
        strong: normal() + (y ? 1.81 : 0),
        plan: uniform() < (y ? 0.7 : 0.2) ? 'basic' : 'pro',
        often_missing: uniform() < (y ? 0.6 : 0.2) ? undefined : normal(),
        rare: uniform() < 0.01 ? 'x' : 'z',
        constant: 1,
      };
    });
    const told = found(associations);
    expect(Object.keys(told).toSorted()).toEqual(
      ['body', 'closed_on', 'encoded', 'over_limit', 'reason_code', 'refund_id'].toSorted(),
    );
    expect(told.refund_id).toBe('filled in 100 % of the rows with "y" yes, in 0 % of the others');
    expect(told.closed_on).toMatch(/^filled in 9[6-9] % of the rows with "y" yes, in [1-3] % of the others$/);
    expect(told.body).toMatch(/^filled in \d+ rows, of which 100 % have "y" no, against \d\d % of all rows$/);
    expect(told.encoded).toMatch(/^it is the target in other words: its values tell "y" right in 9[6-9]/);
  });

  it('are looked at in about as many rows of a rare class as of the other', async () => {
    const { uniform, normal } = drawing(2);
    // 200 of 40,000: a plain sample of half the rows would hold half of them.
    const associations = await associationsOf(40_000, (at) => {
      const y = at % 200 === 0 ? 1 : 0;
      return {
        y,
        chargeback: y === 1 ? 'visa' : undefined,
        flag: y,
        score: normal() + y,
        seen: uniform() < 0.5 ? 1 : undefined,
      };
    });
    expect(Object.keys(found(associations)).toSorted()).toEqual(['chargeback', 'flag']);
  });

  it('tell nothing by chance where rows are few', async () => {
    const { normal } = drawing(3);
    const associations = await associationsOf(24, (at) => ({ y: at % 2, a: normal() + 8 * (at % 2), b: normal() }));
    expect(found(associations)).toEqual({});
  });

  it('are no leak for telling who is who: a customer of many rows keeps the class', async () => {
    const { uniform } = drawing(4);
    const classes = Array.from({ length: 300 }, () => (uniform() < 0.5 ? 'a' : 'b'));
    const associations = await associationsOf(3_000, (at) => ({ y: classes[at % 300], customer_id: `c${at % 300}` }));
    expect(found(associations)).toEqual({});
  });
});

describe('columns beside several classes', () => {
  it('give them away as an encoded copy, not as a feature that tells 96 %', async () => {
    const { uniform, normal } = drawing(5);
    const associations = await associationsOf(900, () => {
      const at = Math.floor(uniform() * 3);
      return { y: ['setosa', 'versicolor', 'virginica'][at], code: [10, 20, 30][at], petal: 4 * at + normal() };
    });
    expect(Object.keys(found(associations))).toEqual(['code']);
  });
});

describe('columns beside a number', () => {
  it('give it away as parts of a sum, a product, a copy in another unit, or a curve', async () => {
    const { uniform, normal } = drawing(6);
    const associations = await associationsOf(3_000, () => {
      const casual = Math.floor(uniform() * 300);
      const registered = Math.floor(uniform() * 800);
      const y = casual + registered;
      return {
        casual,
        registered,
        y,
        unit_price: y / (1 + casual / 7),
        units: 1 + casual / 7,
        fahrenheit: 1.8 * y + 32,
        // Nearly a monotone curve of it, and an honest strong feature, of correlation 0.9.
        bonus: Math.log(1 + y) + 0.001 * normal(),
        honest: y + 120 * normal(),
        other: normal(),
      };
    });
    const told = found(associations);
    expect(Object.keys(told).toSorted()).toEqual(
      ['bonus', 'casual', 'fahrenheit', 'registered', 'unit_price', 'units'].toSorted(),
    );
    expect(told.casual).toBe('with "registered" it adds up to "y" in all 3,000 rows');
    expect(told.fahrenheit).toBe('"y" is 0.555556 * "fahrenheit" - 17.7778 in all 3,000 rows');
    expect(told.units).toMatch(/^"y" is "(units|unit_price)" \* "(units|unit_price)" in all 3,000 rows$/);
    expect(told.bonus).toContain('rank correlation of 1.000');
  });

  it('are found among many, behind one that is closer to the target than any part', async () => {
    const { normal } = drawing(7);
    const associations = await associationsOf(600, () => {
      const parts = [normal(), normal(), normal()].map((each) => Math.round(each * 100) / 100);
      const [a = 0, b = 0, c = 0] = parts;
      const y = Number((a + b - c).toFixed(2));
      const noise = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`n${at}`, normal()]));
      return { a, ...noise, near: y + 0.5 * normal(), b, c, y };
    });
    expect(Object.keys(found(associations)).toSorted()).toEqual(['a', 'b', 'c']);
    expect(found(associations).a).toBe('"y" is "a" + "b" - "c" in all 600 rows');
  });

  it('say in how many rows a sum holds where some follow another rule', async () => {
    const { uniform } = drawing(8);
    const associations = await associationsOf(2_000, () => {
      const a = Math.floor(uniform() * 10_000) / 100;
      const b = Math.floor(uniform() * 10_000) / 100;
      return { a, b, y: Number((a + b + (uniform() < 0.1 ? 2.5 : 0)).toFixed(2)) };
    });
    expect(found(associations).a).toMatch(/^with "b" it adds up to "y" in (89|90|91) % of 2,000 rows$/);
  });

  it('are parts of a sum beside a fee that hardly varies and a code that goes along with another', async () => {
    const { uniform } = drawing(11);
    const cents = (value: number): number => Math.round(100 * value) / 100;
    const told = found(
      await associationsOf(2_000, () => {
        const seller = uniform() < 0.4 ? 1 : 2;
        const [fare, tip] = [cents(5 + 40 * uniform()), cents(9 * uniform())];
        const toll = uniform() < 0.05 ? 6.12 : 0;
        const surcharge = uniform() < 0.9 ? 2.5 : 0;
        const levy = uniform() < 0.995 ? 0.3 : 0;
        // One of the two sellers counts the surcharge in already.
        const y = cents(fare + tip + toll + levy + (seller === 2 ? surcharge : 0));
        return { seller, fare, tip, toll, surcharge, levy, y };
      }),
    );
    expect(Object.keys(told)).toEqual(expect.arrayContaining(['fare', 'tip', 'toll', 'surcharge']));
    expect(told).not.toHaveProperty('seller');
    expect(told.toll).toMatch(/^"y" is "fare" \+ "tip" \+ "toll" \+ "surcharge" .*in 6\d % of 2,000 rows$/);
  });

  it('give it away by being filled where it is not the common value', async () => {
    const { uniform, normal } = drawing(9);
    const associations = await associationsOf(2_000, (at) => {
      const claimed = uniform() < 0.2;
      return { claim_id: claimed ? at : undefined, age: 20 + normal(), y: claimed ? Math.exp(normal()) : 0 };
    });
    expect(found(associations)).toEqual({
      claim_id: 'filled in 100 % of the rows with "y" other than 0, in 0 % of the others',
    });
  });

  it('are honest where the target is a blend of them in amounts of its own', async () => {
    const { normal } = drawing(10);
    const associations = await associationsOf(1_000, () => {
      const [a, b] = [normal(), normal()];
      return { a, b, y: 3 * a + 2 * b };
    });
    expect(found(associations)).toEqual({});
  });

  it('are measured against the median', async () => {
    const associations = await associationsOf(40, (at) => ({ a: at % 7, y: at < 30 ? 1.5 : 5.5 }));
    // The median is 1.5, 10 of 40 are 4 away.
    expect(associations.deviation).toBeUndefined();
    const three = await associationsOf(40, (at) => ({ a: at % 7, y: at < 30 ? 1.5 : at < 39 ? 5.5 : 7.5 }));
    expect(three.deviation).toBeCloseTo((9 * 4 + 6) / 40, 12);
  });
});
