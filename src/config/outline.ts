import * as v from 'valibot';
import { formatPath, nearest, quote, type Complaint, type Path } from './complaint.ts';
import { WrittenConfig } from './writtenForm.ts';

/** A value with only the keys that the written form knows, and what had to go. */
export interface Outlined {
  readonly value: unknown;
  readonly complaints: readonly Complaint[];
  /** Values that had to go, and keys that a misspelt one was most likely meant to be. */
  readonly broken: readonly Path[];
}

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Takes out unknown keys, all of them (valibot stops at the first of each mapping), and lists that stand where a mapping
 * belongs (which valibot takes for one).
 */
export function outline(value: unknown): Outlined {
  const complaints: Complaint[] = [];
  const broken: Path[] = [];

  function clean(given: unknown, schema: v.GenericSchema, path: Path): unknown {
    const form = formOf(schema, given);
    if (Array.isArray(given)) {
      if (form.list !== undefined) {
        const item = form.list;
        return given.map((each, index) => clean(each, item, [...path, index]));
      }
      if (form.entries === undefined && form.values === undefined) return given;
      broken.push(path);
      complaints.push({ path, found: 'a list', expected: 'a mapping of keys to values' });
      return undefined;
    }
    if (!isMapping(given)) return given;
    if (form.values !== undefined) {
      const each = form.values;
      return Object.fromEntries(Object.entries(given).map(([key, child]) => [key, clean(child, each, [...path, key])]));
    }
    const entries = form.entries;
    if (entries === undefined) return given;
    const known: [string, unknown][] = [];
    for (const [key, child] of Object.entries(given)) {
      const entry = Object.hasOwn(entries, key) ? entries[key] : undefined;
      if (entry !== undefined) known.push([key, clean(child, entry, [...path, key])]);
      else reportUnknown(key, path, Object.keys(entries));
    }
    return Object.fromEntries(known);
  }

  function reportUnknown(key: string, path: Path, known: readonly string[]): void {
    const meantKey = nearest(key, known);
    if (meantKey !== undefined) broken.push([...path, meantKey]);
    const home = homeOf(key, path);
    complaints.push({
      path: [...path, key],
      atKey: true,
      found: `unknown key ${quote(key)}`,
      expected: `one of ${known.join(', ')}`,
      ...(meantKey !== undefined
        ? { remedy: `Perhaps ${quote(meantKey)} is meant` }
        : home !== undefined
          ? { remedy: `Move it to ${home}` }
          : {}),
    });
  }

  return { value: clean(value, WrittenConfig, []), complaints, broken };
}

/** What a schema has for a value: the entries of a mapping, the schema of its values, or that of a list's items. */
interface Form {
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly values?: v.GenericSchema;
  readonly list?: v.GenericSchema;
}

function formOf(schema: v.GenericSchema, value: unknown): Form {
  if (v.isOfType('exact_optional', schema)) return formOf((schema as Wrapped).wrapped, value);
  if (v.isOfType('strict_object', schema)) return { entries: (schema as Entries).entries };
  if (v.isOfType('record', schema)) return { values: (schema as Values).value };
  if (v.isOfType('array', schema)) return { list: (schema as Items).item };
  if (!v.isOfType('union', schema)) return {};
  const forms = (schema as Options).options.map((option) => formOf(option, value));
  const fitting = Array.isArray(value)
    ? forms.find((form) => form.list !== undefined)
    : forms.find((form) => form.entries !== undefined || form.values !== undefined);
  return fitting ?? forms.find((form) => Object.keys(form).length > 0) ?? {};
}

// valibot types its generic schema without the parts of each kind; these name them.
type Wrapped = v.GenericSchema & { readonly wrapped: v.GenericSchema };
type Entries = v.GenericSchema & { readonly entries: Readonly<Record<string, v.GenericSchema>> };
type Values = v.GenericSchema & { readonly value: v.GenericSchema };
type Items = v.GenericSchema & { readonly item: v.GenericSchema };
type Options = v.GenericSchema & { readonly options: readonly v.GenericSchema[] };

/** Where a key that is unknown here is known, such as `models.churn.data.holdout`. */
function homeOf(key: string, path: Path): string | undefined {
  const model = path[0] === 'models' && path.length > 1;
  return model ? findKey(key, WrittenConfig.entries.models.value, path.slice(0, 2)) : findKey(key, WrittenConfig, []);
}

function findKey(key: string, schema: v.GenericSchema, path: Path): string | undefined {
  const { entries, values } = formOf(schema, {});
  if (values !== undefined) return findKey(key, values, [...path, 'NAME']);
  if (entries === undefined) return undefined;
  if (Object.hasOwn(entries, key)) return formatPath([...path, key]);
  for (const [name, entry] of Object.entries(entries)) {
    const found = findKey(key, entry, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
