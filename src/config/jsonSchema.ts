import { toJsonSchema } from '@valibot/to-json-schema';
import type { Json } from '../identity/digest.ts';
import { WrittenConfig } from './writtenForm.ts';

/** The written form as JSON Schema, for editors: completion, descriptions, a first check while typing. */
export function jsonSchemaOfConfig(): Json {
  const schema = toJsonSchema(WrittenConfig, {
    // JSON has no number that is not finite, and no word for whole numbers below 2^53.
    ignoreActions: ['finite'],
    overrideAction: ({ valibotAction }) => (valibotAction.type === 'safe_integer' ? { type: 'integer' } : undefined),
  });
  const { $schema, ...rest } = JSON.parse(JSON.stringify(schema)) as Record<string, Json>;
  return { $schema, title: 'touchstone.yml', description: 'What Touchstone trains, judges and serves.', ...rest };
}

/** The text of `docs/touchstone.schema.json`. */
export function formatJsonSchema(): string {
  return `${JSON.stringify(jsonSchemaOfConfig(), null, 2)}\n`;
}
