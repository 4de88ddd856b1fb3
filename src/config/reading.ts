import { quote, type Complain, type Path } from './complaint.ts';

/** What came of reading one written value. The messages are clauses for a complaint. */
export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'refused'; readonly expected: string; readonly remedy?: string };

/** The value that was read; where it was refused, the complaint is made and nothing comes back. */
export function take<T>(reading: Reading<T>, written: unknown, path: Path, complain: Complain): T | undefined {
  if (reading.kind === 'read') return reading.value;
  const { expected, remedy } = reading;
  complain({ path, found: describe(written), expected, ...(remedy === undefined ? {} : { remedy }) });
  return undefined;
}

/** What a value is, in words: `the number 5`, `"yes"`, `a list`. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'empty text' : quote(value);
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return `${value}`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return value === null || value === undefined ? 'no value' : 'a mapping';
}

/** The entries of a list, each with its path; a single text is a list of one. */
export function entriesOf<T>(
  written: string | readonly T[] | undefined,
  path: Path,
): readonly { readonly value: string | T; readonly path: Path }[] {
  if (written === undefined) return [];
  if (typeof written === 'string') return [{ value: written, path }];
  return written.map((value, index) => ({ value, path: [...path, index] }));
}
