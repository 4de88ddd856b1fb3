import { describe, expect, it } from 'vitest';
import type { SurveyedColumn } from '../../src/proposal/survey.ts';
import { writtenAs, type WrittenAs } from '../../src/proposal/writtenAs.ts';
import { counted, surveyOf } from './surveyed.ts';

function written(values: readonly string[], type: SurveyedColumn['type'] = 'string'): WrittenAs | undefined {
  const common = counted(...values.map((value) => [value, 1] as const));
  const [column] = surveyOf(1_000, [{ name: 'x', type, common }]).columns;
  return column && writtenAs(column);
}

describe('text that stands for something else', () => {
  it.each([
    [['$2,980.96', '$1,096.63', '$403.43', '$148.41', '$54.60'], { kind: 'numbers', example: '$2,980.96' }],
    [['1.234,50', '2.000,00', '3,5', '17', '-4,25'], { kind: 'numbers', example: '1.234,50' }],
    [['5 %', '7 %', '12.5%', '80 %', '3 %'], { kind: 'numbers', example: '5 %' }],
    [['unknown', '1', '2', '3', '4', '5', '6', '7', '8', '9'], { kind: 'numbers', example: '1', odd: 'unknown' }],
    [['01/31/2022', '02/28/2022', '12/1/2022', '3/4/2023', '03/05/2023'], { kind: 'dates', example: '01/31/2022' }],
    [['31.05.24', '01.06.24', '02.06.24', '3.6.24', '04.06.24 10:00'], { kind: 'dates', example: '31.05.24' }],
  ])('is told of %j', (values, expected) => {
    expect(written(values)).toEqual(expected);
  });

  it.each([
    ['codes', ['00123', '00456', '01097', '02139', '94110']],
    ['words', ['north', 'south', 'east', 'west', 'up']],
    ['many other words among them', ['1', '2', '3', '4', '5', 'six', 'seven']],
    ['few values', ['1', '2', '3', '4']],
    ['codes with letters', ['A-17', 'B-2', 'C-3', 'D-4', 'E-5']],
  ])('is not told of %s', (_, values) => {
    expect(written(values)).toBeUndefined();
  });

  it('is not looked for in what is read as it is meant', () => {
    expect(written(['1', '2', '3', '4', '5'], 'integer')).toBeUndefined();
  });
});
