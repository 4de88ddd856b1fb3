import { quote } from '../config/complaint.ts';
import { wordsOf } from './columnNames.ts';
import { formatShare } from './shares.ts';
import type { Survey, SurveyedColumn } from './survey.ts';

const YES = new Set(
  `true t yes y 1 positive pos churn churned fraud spam bad poor default defaulted malignant died dead sick ill disease
  abnormal failure failed fail approved won clicked converted success`.split(/\s+/),
);
const NO = new Set(
  `false f no n 0 negative neg not non none good ham benign alive survived healthy normal ok retained stayed rejected lost
  genuine legit legitimate`.split(/\s+/),
);

/** Of two labels the one that a model looks for: what its name says, or the rarer one. Says so in a clause. */
export function positiveOf(
  { common, name }: SurveyedColumn,
  { rows }: Survey,
): { readonly positive: string; readonly reason: string } {
  const [frequent = { value: '', rows: 0 }, rare = frequent] = common;
  const meant = [rare, frequent].filter(({ value }) => said(value) === 'yes');
  const denied = [rare, frequent].filter(({ value }) => said(value) === 'no');
  const other = denied[0] === rare ? frequent : rare;
  const named = meant.length === 1 ? meant[0] : denied.length === 1 ? other : undefined;
  const positive = named ?? rare;
  const share = `${quote(positive.value)} in ${formatShare(positive.rows, rows)} of the rows`;
  return {
    positive: positive.value,
    reason:
      named === undefined
        ? `the rarer one is looked for: ${share}`
        : `and ${share} is the one to look for in ${quote(name)}`,
  };
}

function said(label: string): 'yes' | 'no' | undefined {
  const [first = '', ...others] = label === '-1' ? ['no'] : wordsOf(label);
  if (NO.has(first)) return 'no';
  return YES.has(first) && others.length === 0 ? 'yes' : undefined;
}
