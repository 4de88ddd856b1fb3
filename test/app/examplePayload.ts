import { Description, isObject, object, readDescription } from '../github/schemas.ts';

/** One of the webhooks that GitHub documents, with a payload that fits its schema. */
export interface ExampleWebhook {
  /** GitHub's name of it: `pull-request-opened`. */
  readonly name: string;
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** What is wrong with the payload by GitHub's own schema. */
  readonly problems: readonly string[];
}

/** Every webhook of `@octokit/openapi-webhooks`. */
export function exampleWebhooks(): readonly ExampleWebhook[] {
  const description = new Description(readDescription('@octokit/openapi-webhooks/generated/api.github.com.json'));
  return Object.entries(object(description.document['webhooks'])).map(([name, webhook]) => {
    const post = object(object(webhook)['post']);
    const content = object(object(object(post['requestBody'])['content'])['application/json']);
    const payload = object(exampleOf(description, content['schema']));
    return {
      name,
      event: String(object(post['x-github'])['subcategory']).replaceAll('-', '_'),
      payload,
      problems: description.problems(name, content['schema'], payload),
    };
  });
}

/** A value that fits the schema, with all that is required and nothing more. */
function exampleOf(description: Description, written: unknown): unknown {
  const schema = object(description.resolve(written));
  const next = (part: unknown): unknown => exampleOf(description, part);
  if (takesOnlyNull(schema)) return null;
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return (schema['enum'] as readonly unknown[])[0];
  if (Array.isArray(schema['allOf'])) {
    const parts = [...(schema['allOf'] as readonly unknown[]), { ...schema, allOf: undefined }];
    return exampleOfAll(
      parts.map((part) => object(description.resolve(part))),
      next,
    );
  }
  const oneOf = schema['oneOf'] ?? schema['anyOf'];
  if (Array.isArray(oneOf)) {
    const own =
      schema['properties'] === undefined ? undefined : next({ ...schema, oneOf: undefined, anyOf: undefined });
    const first: unknown = next((oneOf as readonly unknown[])[0]);
    return isObject(own) && isObject(first) ? { ...first, ...own } : first;
  }
  return exampleOfType(schema, next);
}

function exampleOfType(schema: Readonly<Record<string, unknown>>, next: (part: unknown) => unknown): unknown {
  const types = [schema['type']].flat();
  const type = types.find((each) => each !== 'null') ?? (isObject(schema['properties']) ? 'object' : types[0]);
  switch (type) {
    case 'object': {
      const properties = isObject(schema['properties']) ? schema['properties'] : {};
      const required = (schema['required'] ?? []) as readonly string[];
      return Object.fromEntries(required.map((key) => [key, key in properties ? next(properties[key]) : 'any']));
    }
    case 'array':
      return Array.from({ length: Number(schema['minItems'] ?? 0) }, () => next(schema['items']));
    case 'string':
      return exampleText(schema);
    case 'integer':
    case 'number':
      return Number(schema['minimum'] ?? 1);
    case 'boolean':
      return false;
    case 'null':
      return null;
    default:
      return {};
  }
}

type Schema = Readonly<Record<string, unknown>>;

/** What one schema requires, another may describe more closely. */
function exampleOfAll(parts: readonly Schema[], next: (part: unknown) => unknown): unknown {
  const properties = parts.map((part) => (isObject(part['properties']) ? part['properties'] : {}));
  const required = new Set(parts.flatMap((part) => (part['required'] ?? []) as readonly string[]));
  const entries = [...required].map((key) => {
    const described = properties.filter((each) => key in each).map((each) => object(each[key]));
    const isAnObject = described.some((each) => isObject(each['properties']));
    return [key, next(isAnObject ? { allOf: described } : described.toSorted((a, b) => breadth(a) - breadth(b))[0])];
  });
  return Object.fromEntries(entries);
}

/** The less a schema takes, the sooner does what fits it fit the others too. */
function breadth(schema: Schema): number {
  if (takesOnlyNull(schema)) return 0;
  if (Array.isArray(schema['enum'])) return 1;
  if (schema['type'] === undefined && schema['$ref'] === undefined) return 5;
  return (schema['format'] === undefined ? 3 : 2) + [schema['type']].flat().length;
}

function takesOnlyNull({ type }: Schema): boolean {
  return type === 'null' || (Array.isArray(type) && type.length === 1 && type[0] === 'null');
}

/** Some fields are described twice, as a time and as any text. */
const ANY_TEXT = '2026-11-20T10:00:00Z';

const BY_FORMAT: { readonly [format: string]: string } = {
  'date-time': ANY_TEXT,
  date: '2026-11-20',
  uri: 'https://api.github.com/it',
  'uri-template': 'https://api.github.com/it{/of}',
  email: 'ada@example.com',
  uuid: '0b989ba4-242f-11e5-81e1-c7b6966d2516',
};

function exampleText({ format, minLength, pattern }: Readonly<Record<string, unknown>>): string {
  if (typeof pattern === 'string') return pattern.includes('0-9a-fA-F') ? 'a'.repeat(40) : 'a';
  const known = typeof format === 'string' ? BY_FORMAT[format] : undefined;
  return known ?? ANY_TEXT.padEnd(Number(minLength ?? 0), '.');
}
