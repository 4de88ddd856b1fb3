import { describe, expect, it } from 'vitest';
import { propose } from '../../src/proposal/propose.ts';
import type { SurveyedColumn } from '../../src/proposal/survey.ts';
import { counted, nothingFound, surveyOf } from './surveyed.ts';

const y = { name: 'y', type: 'integer', common: counted(['0', 700], ['1', 300]) } as const;
const x = { name: 'x', type: 'float', distinct: 900 } as const;
type Given = Partial<SurveyedColumn> & Pick<SurveyedColumn, 'name' | 'type'>;

function sentencesOf(...columns: readonly Given[]): Readonly<Record<string, string>> {
  const { leftOut } = propose(surveyOf(1_000, [...columns, x, y]), nothingFound, {});
  return Object.fromEntries(leftOut.map(({ column, sentence }) => [column, sentence]));
}

describe('a column that is left out', () => {
  it('is told with what would make it readable', () => {
    const text = { type: 'string', distinct: 900, meanLength: 9 } as const;
    const days = ['01/31/2022', '02/28/2022', '12/1/2022', '3/4/2023', '03/05/2023'].map((day) => [day, 2] as const);
    const amounts = ['$1', '$2', '$3', '$4', '$5'].map((amount) => [amount, 2] as const);
    const told = sentencesOf(
      { ...text, name: 'placed', common: counted(...days) },
      { ...text, name: 'paid', common: counted(...amounts) },
    );
    expect(told.placed).toContain('dates such as "01/31/2022"; written as 2024-05-31 they are read');
    expect(told.paid).toContain('numbers such as "$1"; with nothing but digits and a decimal point they are read');
  });

  it('is an integer that is called an identifier and is another one in every row', () => {
    const number = { name: 'order_no', type: 'integer', distinct: 1_000, range: [5, 90_000] } as const;
    const id = { name: 'customerID', type: 'string', meanLength: 10, distinct: 1_000 } as const;
    const told = sentencesOf(id, { ...number, name: 'account_ref' });
    expect(Object.keys(told)).toContain('account_ref');
    expect(sentencesOf(id, { ...number, name: 'income' })).not.toHaveProperty('income');
  });
});
