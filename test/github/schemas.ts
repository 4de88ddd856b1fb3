import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

/** One of GitHub's published descriptions, and the schemas in it as validators that are compiled when first asked for. */
export class Description {
  readonly document: Json;
  readonly #ajv: Ajv;
  readonly #compiled = new Map<string, ValidateFunction>();
  readonly #components: Json;

  constructor(document: Json, options: { readonly coerce?: boolean } = {}) {
    this.document = document;
    this.#components = object(object(document['components'])['schemas']);
    this.#ajv = new Ajv({
      strict: false,
      allErrors: true,
      logger: false,
      inlineRefs: false,
      coerceTypes: options.coerce === true,
      code: { optimize: false },
    });
    addFormats.default(this.#ajv);
    // Bots have an address that is none by the book: 41898282+github-actions[bot]@users.noreply.github.com.
    this.#ajv.addFormat('email', /^[^\s@]+@[^\s@]+$/);
  }

  /** What is wrong with `value` under `schema`; nothing where it fits. `key` names the schema among all of this description. */
  problems(key: string, schema: unknown, value: unknown): string[] {
    const validate = this.#compiled.get(key) ?? this.#compile(key, schema);
    return validate(value) ? [] : (validate.errors ?? []).map(inWords);
  }

  /** What a `$ref` of this document points at, or the value itself where it is none. */
  resolve(value: unknown): unknown {
    const ref = isObject(value) ? value['$ref'] : undefined;
    if (typeof ref !== 'string') return value;
    let found: unknown = this.document;
    for (const step of ref.slice(2).split('/')) found = object(found)[step.replaceAll('~1', '/').replaceAll('~0', '~')];
    return this.resolve(found);
  }

  #compile(key: string, schema: unknown): ValidateFunction {
    const validate = this.#ajv.compile(object(this.#draft(schema)));
    this.#compiled.set(key, validate);
    return validate;
  }

  /** OpenAPI's dialect in JSON Schema's: `nullable` becomes a type, and components become schemas of their own. */
  #draft(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map((part) => this.#draft(part));
    if (!isObject(schema)) return schema;
    const ref = schema['$ref'];
    if (typeof ref === 'string') {
      const name = ref.replace('#/components/schemas/', '');
      const id = `component:${name}`;
      if (!this.#known.has(id)) {
        this.#known.add(id);
        this.#ajv.addSchema({ $id: id, ...object(this.#draft(this.#components[name])) });
      }
      return { $ref: id };
    }
    const draft: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (ANNOTATIONS.has(keyword)) continue;
      // GitHub answers its default where nothing was said, which for addresses is no address.
      if (keyword === 'format' && schema['default'] === '') continue;
      if (keyword === 'properties' || keyword === 'patternProperties') {
        draft[keyword] = Object.fromEntries(
          Object.entries(object(value)).map(([name, part]) => [name, this.#draft(part)]),
        );
      } else {
        // GitHub writes "one of" of shapes that do not exclude each other: an error is a rule's violation as well. And where
        // it lists installations it writes "all of" a user and an enterprise, which its component of the same name has as "any of".
        draft[keyword === 'oneOf' || isUserOrEnterprise(keyword, value) ? 'anyOf' : keyword] = DEEP.has(keyword)
          ? this.#draft(value)
          : value;
      }
    }
    return schema['nullable'] === true ? { anyOf: [draft, { type: 'null' }] } : draft;
  }

  readonly #known = new Set<string>();
}

function isUserOrEnterprise(keyword: string, value: unknown): boolean {
  if (keyword !== 'allOf' || !Array.isArray(value)) return false;
  const titles = value.map((part: unknown) => (isObject(part) ? part['title'] : undefined));
  return titles.length === 2 && titles[0] === 'Simple User' && titles[1] === 'Enterprise';
}

/** What a document says of a value and does not ask of it; and what it asks of requests alone (`readOnly`). */
const ANNOTATIONS = new Set([
  'nullable',
  'example',
  'examples',
  'description',
  'title',
  'deprecated',
  'readOnly',
  'xml',
  '$id',
  'default',
]);
const DEEP = new Set([
  'items',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'additionalProperties',
  'prefixItems',
  'if',
  'then',
  'else',
]);

const require = createRequire(import.meta.url);

/** Reads a published description out of the package that carries it. */
export function readDescription(file: string): Json {
  return object(JSON.parse(readFileSync(require.resolve(file), 'utf8')));
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object; a description without one where it must stand is not GitHub's. */
export function object(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new Error(`The description lacks an object where one must be: ${JSON.stringify(value)}`);
  return value;
}

function inWords(error: ErrorObject): string {
  const params = error.keyword === 'enum' ? `: ${JSON.stringify(error.params['allowedValues'])}` : '';
  const extra = error.keyword === 'additionalProperties' ? ` (${String(error.params['additionalProperty'])})` : '';
  return `${error.instancePath || '(root)'} ${error.message ?? error.keyword}${params}${extra}`;
}
