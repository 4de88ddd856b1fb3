import { openDataEngine } from '../adapters/duckdb/openDataEngine.ts';
import { InspectionCache } from '../adapters/inspectionCache.ts';
import { refuseChangedData } from '../adapters/unchangedData.ts';
import { readSchemaFile } from '../adapters/schemaFile.ts';
import { validate, type Validation } from '../commands/validate.ts';
import type { ModelConfig } from '../config/config.ts';
import type { DataEngine } from '../dataset/dataEngine.ts';
import type { Inspection } from '../dataset/keptInspection.ts';
import { formatInstant } from '../report/stages.ts';
import type { StageSummary } from '../report/runReport.ts';
import { during } from './progress.ts';
import type { Process, Terminal } from './terminal.ts';
import type { Workbench } from './workbench.ts';

const STEPS = { types: 'looking at types', rows: 'reading rows' } as const;

/** The data of a model, and how they were come by. */
export interface ReadData {
  readonly engine: DataEngine;
  readonly validation: Validation;
  /** Of each data file; absent where one changed while it was read. */
  readonly fileDigests?: Inspection['fileDigests'];
  /** @throws UserMistake where a data file is no longer the one that was read. */
  readonly refuseChanged: () => Promise<void>;
  readonly stage: StageSummary;
}

/** @param force read, even where the files are those of an earlier run. */
export async function readData(
  { config, workspace }: Workbench,
  model: ModelConfig,
  { now, signal }: Process,
  terminal: Terminal,
  { force }: { readonly force: boolean },
): Promise<ReadData> {
  const startedMs = performance.now();
  const cache = new InspectionCache(workspace.inspections, workspace, now);
  return during(terminal, `Reading the data of ${model.name}`, async (progress) => {
    const engine = openDataEngine(
      { signal },
      { onStep: (step, fraction) => progress.at({ kind: 'fraction', fraction }, STEPS[step]) },
    );
    let inspection: Omit<Inspection, 'datasets'> = {};
    const inspect = async (root: string): Promise<Inspection['datasets']> => {
      const read = (): Promise<Inspection['datasets']> => engine.inspect(root, model);
      const found = await cache.inspect(root, model, read, { again: force, signal });
      inspection = found;
      return found.datasets;
    };
    const validation = await validate({ root: config.root, model }, { inspect, readSchema: readSchemaFile });
    const { fileDigests, reusedFrom } = inspection;
    if (reusedFrom !== undefined) {
      terminal.progress(`The data of ${model.name} are unchanged since they were read ${formatInstant(reusedFrom)}`);
    }
    return {
      engine,
      validation,
      ...(fileDigests && { fileDigests }),
      refuseChanged: () => refuseChangedData(validation.datasets, fileDigests, signal),
      stage: {
        stage: 'data',
        seconds: (performance.now() - startedMs) / 1000,
        reused: reusedFrom !== undefined,
        ...(reusedFrom !== undefined && { reusedFrom }),
      },
    };
  });
}
