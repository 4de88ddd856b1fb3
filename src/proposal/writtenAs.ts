import type { SurveyedColumn } from './survey.ts';

/** What a text column is meant to hold, by its frequent values, and does not say in a way that is read as such. */
export type WrittenAs =
  | { readonly kind: 'numbers'; readonly example: string; readonly odd?: string }
  | { readonly kind: 'dates'; readonly example: string };

const LEAST_VALUES = 5;
/** So many of the frequent values are written so; the others are odd ones out. */
const MOST_OF_THEM = 0.9;

// 1,234.50 and 1.234,50 and $5 and 5 % and 3 kg; a code like 0042 or A-17 is none.
const NUMBER = /^[+-]?[$€£¥]?\s?[+-]?(?:\d{1,3}(?:[.,' ]\d{3})+|\d+)(?:[.,]\d+)?\s?(?:[$€£¥%]|[\p{L}]{1,3})?$/u;
const CODE = /^0\d/;
const DATE = /^\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})(?:[ T].*)?$|^\d{4}([./])\d{1,2}\2\d{1,2}(?:[ T].*)?$/;

/** Numbers with a currency, thousands apart or a word among them; dates that are not ISO 8601. `undefined`: just text. */
export function writtenAs({ type, common }: SurveyedColumn): WrittenAs | undefined {
  if (type !== 'string' || common.length < LEAST_VALUES) return undefined;
  const values = common.map(({ value }) => value.trim());
  const of = (fits: (value: string) => boolean): readonly string[] => {
    const fitting = values.filter(fits);
    return fitting.length >= MOST_OF_THEM * values.length ? fitting : [];
  };
  const [date] = of((value) => DATE.test(value));
  if (date !== undefined) return { kind: 'dates', example: date };
  const numbers = of((value) => NUMBER.test(value) && !CODE.test(value));
  const [example] = numbers;
  if (example === undefined) return undefined;
  const odd = values.find((value) => !numbers.includes(value));
  return { kind: 'numbers', example, ...(odd !== undefined && { odd }) };
}
