import { Document, YAMLMap } from 'yaml';
import type { ColumnSchema, Schema } from '../dataset/schema.ts';

/** The YAML text of a schema; `parseSchema` reads the same schema out of it. A plain column is written as its type alone. */
export function writeSchema({ version, minRows, columns }: Schema): string {
  const document = new Document({ version, ...(minRows !== undefined && { minRows }) });
  const written = new YAMLMap();
  for (const [name, column] of columns) written.add(document.createPair(name, writtenColumn(document, column)));
  document.set('columns', written);
  return document.toString({ lineWidth: 0 });
}

function writtenColumn(document: Document, { type, required, maxNullFraction }: ColumnSchema): unknown {
  if (required && maxNullFraction === undefined) return type;
  const fields = {
    type,
    ...(!required && { required }),
    ...(maxNullFraction !== undefined && { maxNullFraction }),
  };
  return document.createNode(fields, { flow: true });
}
