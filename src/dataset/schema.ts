import { listed, quote, suggestion, type Complain, type Path } from '../config/complaint.ts';
import { describe } from '../config/reading.ts';
import { formatPath, type Complaint } from '../config/complaint.ts';
import { readYaml } from '../config/yamlDocument.ts';
import { UserMistake, type Problem } from '../failure.ts';
import { digestOfJson, type Digest } from '../identity/digest.ts';
import { COLUMN_TYPES } from './columnType.ts';

/** What a dataset should look like: the file that `data.schema` names. */
export interface Schema {
  readonly version: 1;
  readonly columns: ReadonlyMap<string, ColumnSchema>;
  /** Fewest rows of each dataset. */
  readonly minRows?: number;
}

export interface ColumnSchema {
  readonly type: SchemaType;
  /** Whether it may be left out altogether. */
  readonly required: boolean;
  /** Largest share of rows in which it may hold nothing, in [0, 1]. */
  readonly maxNullFraction?: number;
}

export type SchemaType = (typeof COLUMN_TYPES)[number];

/**
 * Reads a schema file: `version: 1` and `columns`, where each column is a type or a mapping of `type`, `required` (true
 * unless given) and `maxNullFraction` (unbounded unless given), and `minRows`.
 *
 * @param shown the file as a person would call it.
 * @throws UserMistake `schema_invalid` with every problem there is.
 */
export function parseSchema(text: string, shown: string): Schema {
  const complaints: Complaint[] = [];
  const complain = (complaint: Complaint): void => void complaints.push(complaint);
  const document = readYaml(text, complain);
  if (!('placeOf' in document)) {
    throw mistake(
      document.map(({ place, found }) => ({ where: `${shown}:${place.line}:${place.column}`, found })),
      shown,
    );
  }
  const schema = readSchema(document.value, complain);
  if (complaints.length === 0) return schema;
  const placed = complaints.map((complaint) => {
    const { path, found, expected, remedy } = complaint;
    const place = document.placeOf(path, complaint.atKey === true ? 'key' : 'value');
    const where = `${shown}:${place.line}:${place.column} ${formatPath(path)}`.trimEnd();
    const rest = { ...(expected === undefined ? {} : { expected }), ...(remedy === undefined ? {} : { remedy }) };
    return { place, problem: { where, found, ...rest } };
  });
  placed.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  throw mistake(
    placed.map(({ problem }) => problem),
    shown,
  );
}

function mistake(problems: readonly Problem[], shown: string): UserMistake {
  const [first = { where: shown, found: 'the file cannot be read' }, ...rest] = problems;
  return new UserMistake('schema_invalid', first, ...rest);
}

function readSchema(value: unknown, complain: Complain): Schema {
  const empty: Schema = { version: 1, columns: new Map() };
  if (!isMapping(value)) {
    const found = value === null || value === undefined ? 'the file is empty' : describe(value);
    complain({ path: [], found, expected: 'a mapping with version and columns' });
    return empty;
  }
  refuseUnknown(value, ['version', 'columns', 'minRows'], [], complain);
  if (value.version !== 1) {
    complain({ path: ['version'], found: describe(value.version), expected: 'version: 1' });
  }
  const minRows = readBound(value.minRows, ['minRows'], 'a whole number of rows', complain, isCount);
  const columns = readColumns(value.columns, complain);
  return { ...empty, columns, ...(minRows === undefined ? {} : { minRows }) };
}

function readColumns(value: unknown, complain: Complain): ReadonlyMap<string, ColumnSchema> {
  const columns = new Map<string, ColumnSchema>();
  if (!isMapping(value)) {
    complain({ path: ['columns'], found: describe(value), expected: 'a mapping of column names to their types' });
    return columns;
  }
  for (const [name, written] of Object.entries(value)) {
    const column = readColumn(written, ['columns', name], complain);
    if (column !== undefined) columns.set(name, column);
  }
  return columns;
}

function readColumn(written: unknown, path: Path, complain: Complain): ColumnSchema | undefined {
  if (typeof written === 'string') return readColumn({ type: written }, path, complain);
  if (!isMapping(written)) {
    complain({ path, found: describe(written), expected: `a type (${COLUMN_TYPES.join(', ')}) or a mapping with one` });
    return undefined;
  }
  refuseUnknown(written, ['type', 'required', 'maxNullFraction'], path, complain);
  const required = written.required ?? true;
  if (typeof required !== 'boolean') {
    complain({ path: [...path, 'required'], found: describe(required), expected: 'true or false' });
  }
  const fraction = [...path, 'maxNullFraction'];
  const maxNullFraction = readBound(written.maxNullFraction, fraction, 'a number from 0 to 1', complain, isFraction);
  const type = COLUMN_TYPES.find((each) => each === written.type);
  if (type === undefined) {
    const at = 'type' in written ? { path: [...path, 'type'] } : { path, atKey: true as const };
    complain({
      ...at,
      found: 'type' in written ? describe(written.type) : 'no type',
      expected: `one of ${COLUMN_TYPES.join(', ')}`,
      ...(typeof written.type === 'string' ? suggestion(written.type, COLUMN_TYPES) : {}),
    });
    return undefined;
  }
  return { type, required: required === true, ...(maxNullFraction === undefined ? {} : { maxNullFraction }) };
}

function readBound(
  value: unknown,
  path: Path,
  expected: string,
  complain: Complain,
  fits: (value: number) => boolean,
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && fits(value)) return value;
  complain({ path, found: describe(value), expected });
  return undefined;
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isFraction = (value: number): boolean => value >= 0 && value <= 1;

function refuseUnknown(value: Record<string, unknown>, known: readonly string[], path: Path, complain: Complain): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const found = `unknown key ${quote(key)}`;
    complain({
      path: [...path, key],
      atKey: true,
      found,
      expected: `one of ${listed(known)}`,
      ...suggestion(key, known),
    });
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of what the schema says, however it is written down. */
export function schemaDigest(schema: Schema): Digest {
  return digestOfJson({
    version: schema.version,
    minRows: schema.minRows,
    columns: Object.fromEntries([...schema.columns].map(([name, column]) => [name, { ...column }])),
  });
}
