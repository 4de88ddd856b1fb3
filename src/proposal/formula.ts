import { quote } from '../config/complaint.ts';
import { formatCount } from '../wording/numbers.ts';
import { quotedList } from './columnNames.ts';
import { formatShare } from './shares.ts';

/** Arithmetic that gives the target: `factor * (a + b - c) + offset`, or `factor * a * b / c`. */
export interface Formula {
  readonly kind: 'sum' | 'product';
  readonly factor: number;
  /** 0 of a product. */
  readonly offset: number;
  readonly parts: readonly { readonly column: string; readonly sign: 1 | -1 }[];
  /** Largest distance from the target at which it counts as met: absolute, and as a share of the target. */
  readonly tolerance: { readonly absolute: number; readonly relative: number };
  /** Share of the sampled rows in which it is met. */
  readonly holds: number;
}

/** SQL of the formula over expressions of its columns. Nothing stands for 0 in a sum of several parts. */
export function formulaSql({ kind, factor, offset, parts }: Formula, sqlOf: (column: string) => string): string {
  const number = (value: number): string => `(${String(value)}::DOUBLE)`;
  if (kind === 'sum') {
    const value = (column: string): string => (parts.length === 1 ? sqlOf(column) : `coalesce(${sqlOf(column)}, 0)`);
    const terms = parts.map(({ column, sign }) => `${sign === 1 ? '+' : '-'} (${value(column)})::DOUBLE`);
    return `${number(factor)} * (0 ${terms.join(' ')}) + ${number(offset)}`;
  }
  const terms = parts.map(({ column, sign }) =>
    sign === 1 ? `* (${sqlOf(column)})::DOUBLE` : `/ nullif((${sqlOf(column)})::DOUBLE, 0)`,
  );
  return `${number(factor)} ${terms.join(' ')}`;
}

/** What the formula says of one of its columns, in a clause. `met` of `rows` rows meet it. */
export function formulaSentence(formula: Formula, target: string, column: string, met: number, rows: number): string {
  const { kind, factor, offset, parts } = formula;
  const where =
    met === rows ? `in all ${formatCount(rows)} rows` : `in ${formatShare(met, rows)} of ${formatCount(rows)} rows`;
  if (parts.length === 1) {
    if (factor === 1 && offset === 0) return `it equals ${quote(target)} ${where}`;
    return `${quote(target)} is ${textOf(formula)} ${where}`;
  }
  if (kind === 'sum' && factor === 1 && offset === 0 && parts.every(({ sign }) => sign === 1)) {
    const others = parts.map((part) => part.column).filter((each) => each !== column);
    return `with ${quotedList(others)} it adds up to ${quote(target)} ${where}`;
  }
  return `${quote(target)} is ${textOf(formula)} ${where}`;
}

function textOf({ kind, factor, offset, parts }: Formula): string {
  const [plus, minus] = kind === 'sum' ? [' + ', ' - '] : [' * ', ' / '];
  // A part that is taken away, or divided by, does not stand first where another one can.
  const ordered = parts.toSorted((a, b) => b.sign - a.sign);
  const terms = ordered.map(({ column, sign }, at) => {
    const first = sign === 1 ? '' : kind === 'sum' ? '-' : '1 / ';
    return `${at === 0 ? first : sign === 1 ? plus : minus}${quote(column)}`;
  });
  const inner = terms.join('');
  const wrapped =
    factor === 1 ? inner : `${shown(factor)} * ${parts.length > 1 && kind === 'sum' ? `(${inner})` : inner}`;
  if (offset === 0) return wrapped;
  return `${wrapped} ${offset > 0 ? '+' : '-'} ${shown(Math.abs(offset))}`;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}
