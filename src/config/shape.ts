import * as v from 'valibot';
import { quote, startsWith, suggestion, type Complaint, type Path } from './complaint.ts';
import { outline } from './outline.ts';
import { describe } from './reading.ts';
import { WrittenConfig } from './writtenForm.ts';

/** The written form, as far as it can be read: what is broken is mended by leaving it out, so that the rest is judged too. */
export interface Shape {
  /** Absent where too much is broken to go on. */
  readonly written?: WrittenConfig;
  readonly complaints: readonly Complaint[];
  /** Places whose content is not the person's: nothing that follows from them is worth saying. */
  readonly broken: readonly Path[];
}

export function checkShape(value: unknown): Shape {
  const outlined = outline(value);
  const parsed = v.safeParse(WrittenConfig, outlined.value);
  if (parsed.success) return { written: parsed.output, complaints: outlined.complaints, broken: outlined.broken };

  const issues = parsed.issues.flatMap((issue) => flatten(issue, []));
  const complaints = issues
    .filter(
      (issue) => !outlined.broken.some((path) => issue.path.length === path.length && startsWith(issue.path, path)),
    )
    .map(complaintOf);
  const broken = [...outlined.broken, ...issues.map((issue) => issue.path)];
  const mended = v.safeParse(WrittenConfig, issues.reduce(mend, outlined.value));
  return {
    ...(mended.success ? { written: mended.output } : {}),
    complaints: [...outlined.complaints, ...complaints],
    broken,
  };
}

interface Issue {
  readonly path: Path;
  readonly type: string;
  readonly expected: string | null;
  readonly input: unknown;
  readonly requirement: unknown;
}

/** One issue for each thing that is wrong: of a union, the issues of the form that the value comes nearest to. */
function flatten(issue: v.BaseIssue<unknown>, above: Path): readonly Issue[] {
  const path = [...above, ...(issue.path ?? []).map((item) => item.key as string | number)];
  const nested = issue.type === 'union' ? (issue.issues ?? []) : [];
  const deeper = nested.filter((each) => each.path !== undefined || each.type === 'union');
  if (deeper.length > 0) return deeper.flatMap((each) => flatten(each, path));
  const { type, expected, input, requirement } = issue;
  return [{ path, type, expected, input, requirement }];
}

function complaintOf(issue: Issue): Complaint {
  const { path, input } = issue;
  const key = String(path.at(-1) ?? '');
  if (issue.type === 'strict_object' && input === undefined) {
    return { path, found: `the key ${quote(key)} is missing` };
  }
  if (input === null || input === undefined) {
    const remedy = path.length === 0 ? {} : { remedy: 'Give it a value, or take the key out' };
    return { path, found: path.length === 0 ? 'the file is empty' : 'no value', ...expectation(issue), ...remedy };
  }
  if (issue.type === 'picklist' && typeof input === 'string') {
    const known = optionsOf(issue);
    return { path, found: quote(input), expected: `one of ${known.join(', ')}`, ...suggestion(input, known) };
  }
  const quoting =
    issue.type === 'string' && (typeof input === 'number' || typeof input === 'boolean')
      ? { remedy: `Put it in quotes: "${String(input)}"` }
      : {};
  return { path, found: describe(input), ...expectation(issue), ...quoting };
}

const EXPECTED: { readonly [expected: string]: string } = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  Array: 'a list',
  Object: 'a mapping of keys to values',
};

function expectation(issue: Issue): { readonly expected?: string } {
  switch (issue.type) {
    case 'non_empty':
      return { expected: typeof issue.input === 'string' ? 'some text' : 'at least one entry' };
    case 'finite':
      return { expected: 'a finite number' };
    case 'safe_integer':
      return { expected: 'a whole number' };
    case 'min_value':
      return { expected: `at least ${String(issue.requirement)}` };
    default: {
      const forms = (issue.expected ?? '').replace(/[()]/g, '').split(' | ');
      const words = [...new Set(forms.map((form) => EXPECTED[form] ?? form))].filter((word) => word !== '');
      return words.length === 0 ? {} : { expected: words.join(' or ') };
    }
  }
}

function optionsOf(issue: Issue): readonly string[] {
  return (issue.expected ?? '').match(/[^"()| ]+/g) ?? [];
}

// What stands in for a required value that is missing or broken, so that the rest of its model is judged too. Nothing
// that a rule says of a stand-in is told: see `Shape.broken`.
const STAND_INS: { readonly [key: string]: unknown } = {
  version: 1,
  models: {},
  task: 'binary',
  target: 'target',
  data: {},
  holdout: '20%',
  command: 'command',
  inputs: '.',
  output: 'model.onnx',
  metric: 'accuracy',
  name: 'name',
  where: 'true',
};

/** A copy with a stand-in where an issue speaks of a required value, and without the value where it is optional. */
function mend(value: unknown, issue: Issue): unknown {
  const key = issue.path.at(-1);
  if (key === undefined) return { version: 1, models: {} };
  if (typeof key === 'string') return replaced(value, issue.path, STAND_INS[key]);
  const isText = issue.expected?.includes('string') === true;
  return isText ? replaced(value, issue.path, 'text') : mend(value, { ...issue, path: issue.path.slice(0, -1) });
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((each: unknown, index) => (index === step ? replaced(each, rest, by) : each));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== step);
  const inner = replaced((value as Readonly<Record<string, unknown>>)[step], rest, by);
  return Object.fromEntries(inner === undefined ? entries : [...entries, [String(step), inner]]);
}
