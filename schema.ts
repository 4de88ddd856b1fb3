// Writes the JSON Schema of touchstone.yml for editors; a test fails while it is stale.
import { writeFile } from 'node:fs/promises';
import { formatJsonSchema } from './src/config/jsonSchema.ts';

await writeFile('docs/touchstone.schema.json', formatJsonSchema());
