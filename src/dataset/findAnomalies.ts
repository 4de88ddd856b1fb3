import { anomaly, type Anomaly } from './anomaly.ts';
import type { ModelData, ModelDatasets } from './dataset.ts';
import { modelAnomalies } from './modelAnomalies.ts';
import type { Schema } from './schema.ts';
import { schemaAnomalies } from './schemaAnomalies.ts';
import { targetAnomalies } from './targetAnomalies.ts';

/** Every departure of a model's datasets from its schema, where it has one, and from what any model needs. Errors first. */
export function findAnomalies(model: ModelData, datasets: ModelDatasets, schema?: Schema): readonly Anomaly[] {
  const all = [datasets.train, datasets.validation, datasets.holdout].filter((dataset) => dataset !== undefined);
  const departures = [
    ...modelAnomalies(model, datasets),
    ...targetAnomalies(model, datasets),
    ...(schema === undefined ? [] : all.flatMap((dataset) => schemaAnomalies(schema, dataset))),
  ];
  const found = new Map<string, Anomaly>();
  for (const departure of departures) {
    const each = anomaly(model.name, departure);
    // Two rules may see one departure, such as a target that the schema asks for too: the first worst word counts.
    const before = found.get(each.id);
    if (before === undefined || (before.severity === 'warning' && each.severity === 'error')) found.set(each.id, each);
  }
  return [...found.values()].toSorted((a, b) => Number(a.severity !== 'error') - Number(b.severity !== 'error'));
}
