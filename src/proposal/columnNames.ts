import { quote } from '../config/complaint.ts';
import type { SurveyedColumn } from './survey.ts';

/*
 * What names of columns suggest. A name never decides alone: it ranks what the values allow.
 */

/** The words of a name: `customerID` and `customer_id` are `customer`, `id`. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function names(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/).filter((word) => word !== ''));
}

// In the order in which they are believed; names of the second rank are targets in well-known data sets and in practice.
const TARGETS = [
  names('target label labels class y outcome response truth groundtruth'),
  names(`churn churned survived survival default defaulted fraud fraudulent converted conversion clicked click
    diagnosis attrition exited readmitted approved spam stroke purchased subscribed cancelled canceled returned won
    income species variety quality price saleprice medv cnt demand sales revenue salary wage charges cost mpg
    consumption yield strength rating grade failure failed sentiment`),
  names('count score status tip tips total result category type duration delay value amount'),
];

/**
 * How much a name is that of a target, 0 the most: a name that is such a word before one that holds it.
 *
 * @returns `undefined` where it is not.
 */
export function targetRank(name: string): number | undefined {
  const words = wordsOf(name);
  const whole = words.filter((word) => !IS.has(word)).join('');
  for (const [rank, known] of TARGETS.entries()) {
    if (known.has(whole)) return 2 * rank;
    if (words.some((word) => word.length > 1 && known.has(word))) return 2 * rank + 1;
  }
  return undefined;
}

const IS = names('is has was');

const GRADES = names('quality rating grade stars score level severity satisfaction');
const QUANTITIES = names(`price saleprice cnt count demand sales revenue amount salary wage charges cost mpg consumption
  yield strength duration delay tip tips total value age number num quantity days hours minutes children income`);
const CLASSES =
  names(`class label labels species variety digit digits category type segment cluster diagnosis kind group
  status outcome target y`);

/** What a name says of whole numbers that it names: grades in an order, quantities, classes. */
export function numbersNamed(name: string): 'grade' | 'quantity' | 'class' | undefined {
  const words = wordsOf(name);
  if (words.some((word) => GRADES.has(word))) return 'grade';
  if (words.some((word) => QUANTITIES.has(word))) return 'quantity';
  return words.some((word) => CLASSES.has(word)) ? 'class' : undefined;
}

const IDENTIFIERS = names('id ids uuid guid key identifier index idx rowid rownum row record ref instant no nr');

export function namesAnIdentifier(name: string): boolean {
  return wordsOf(name).some((word) => IDENTIFIERS.has(word) || /^[\p{L}]{3,}id$/u.test(word));
}

// Of whom several rows tell alike. A place or a code has an id too, and its rows do not depend on each other so.
const ENTITIES = names(`customer user client patient account subject member person student employee household family
  visitor device session machine player driver speaker participant respondent borrower policyholder engine unit`);

export function namesAnEntity(name: string): boolean {
  const words = wordsOf(name);
  return words.some((word) => ENTITIES.has(word)) || words.join('') === 'id';
}

const BIRTH = names('birth born dob birthday birthdate dateofbirth birthyear');
const LATER = names(`dropoff end ended finish finished updated modified closed cancelled canceled cancellation expiry
  expires expiration due delivered delivery last resolved refund refunded churned exit returned`);
const EVENT = names(`timestamp datetime date time day created event order ordered pickup start started transaction
  purchase measured recorded observed at dteday ts when`);

export function namesABirth(name: string): boolean {
  return wordsOf(name).some((word) => BIRTH.has(word));
}

/** How much a name is that of the time at which a row came to be, 0 the most. */
export function timeRank(name: string): number {
  const words = wordsOf(name);
  if (words.some((word) => LATER.has(word))) return 2;
  return words.some((word) => EVENT.has(word)) ? 0 : 1;
}

const SENSITIVE = names(`sex gender race ethnicity ethnic religion disability disabled nationality orientation
  veteran pregnant`);
const WATCHED = names(`region country state segment plan tier device channel platform os browser contract market
  language department pclass passengerclass product season weather weathersit workingday borough vendor zone branch`);
const CALENDAR = names('year yr month mnth week hour hr minute day date fold split');

/** How much a column of few values is worth watching by its name, 0 the most; `undefined`: never. */
export function sliceRank(name: string): number | undefined {
  const words = wordsOf(name);
  if (words.some((word) => SENSITIVE.has(word))) return 0;
  if (words.some((word) => CALENDAR.has(word))) return undefined;
  return words.some((word) => WATCHED.has(word)) ? 1 : 2;
}

export function isAge({ name, range }: SurveyedColumn): boolean {
  return wordsOf(name).includes('age') && range !== undefined && range[0] >= 0 && range[1] >= 30 && range[1] <= 125;
}

/** Seconds or milliseconds since 1970, as numbers. */
export function isEpoch({ name, whole, range }: SurveyedColumn): boolean {
  const named = wordsOf(name).some((word) => ['timestamp', 'epoch', 'unix', 'ts', 'time'].includes(word));
  return named && whole && range !== undefined && range[0] >= 1e8;
}

/** `"a", "b" and "c"` */
export function quotedList(columns: readonly string[]): string {
  const quoted = columns.map((column) => quote(column));
  const last = quoted.at(-1) ?? '';
  return quoted.length < 2 ? last : `${quoted.slice(0, -1).join(', ')} and ${last}`;
}
