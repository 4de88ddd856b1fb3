import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { formatJsonSchema, jsonSchemaOfConfig } from '../../src/config/jsonSchema.ts';

const docs = new URL('../../docs/', import.meta.url);

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** Every key that the schema describes, with its path: `data.split.by`. */
function keysOf(schema: Schema, path: readonly string[] = []): readonly (readonly [path: string, schema: Schema])[] {
  const inside = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => [
    [[...path, key].join('.'), value] as const,
    ...keysOf(value, [...path, key]),
  ]);
  const others = [schema.additionalProperties, schema.items, ...(schema.anyOf ?? [])]
    .filter((each) => typeof each === 'object')
    .flatMap((each) => keysOf(each, path));
  return [...inside, ...others];
}

describe('the schema for editors', () => {
  const keys = keysOf(jsonSchemaOfConfig() as Schema);

  it('is the one in docs; "npm run schema" writes it', async () => {
    expect(await readFile(new URL('touchstone.schema.json', docs), 'utf8')).toBe(formatJsonSchema());
  });

  it('describes every key', () => {
    expect(keys.length).toBeGreaterThan(40);
    expect(keys.filter(([, schema]) => schema.description === undefined).map(([path]) => path)).toEqual([]);
  });

  it('knows no other keys', () => {
    const open = keys.filter(
      ([, { properties, additionalProperties }]) => properties && additionalProperties !== false,
    );
    expect(open).toEqual([]);
  });

  it('and docs/configuration.md speak of the same keys', async () => {
    const page = await readFile(new URL('configuration.md', docs), 'utf8');
    const named = new Set([...page.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]));
    expect([...named].toSorted()).toEqual([...new Set(keys.map(([path]) => path.replace(/^models\./, '')))].toSorted());
  });
});
