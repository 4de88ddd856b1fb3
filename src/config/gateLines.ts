import { readYaml, type YamlDocument } from './yamlDocument.ts';

/**
 * Where the gates of a configuration stand in its text: the line of each, counted from 1, by its model and `METRIC@SLICE`.
 * `undefined` for a gate that is not there, or is written otherwise than it is called.
 */
export function readGateLines(text: string): (model: string, gate: string) => number | undefined {
  const read = readYaml(text, () => undefined);
  if (!('placeOf' in read)) return () => undefined;
  return (model, gate) => {
    const index = gatesOf(read, model).findIndex((written) => idOf(written) === gate);
    return index === -1 ? undefined : read.placeOf(['models', model, 'gates', index], 'value').line;
  };
}

function gatesOf({ value }: YamlDocument, model: string): readonly unknown[] {
  const gates = property(property(property(value, 'models'), model), 'gates');
  return Array.isArray(gates) ? gates : [];
}

function idOf(gate: unknown): string | undefined {
  const [metric, slice] = [property(gate, 'metric'), property(gate, 'slice')];
  return typeof metric === 'string' ? `${metric}@${typeof slice === 'string' ? slice : 'overall'}` : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as { readonly [name: string]: unknown })[name]
    : undefined;
}
