import * as v from 'valibot';
import { isModelName, type ModelName } from '../identity/names.ts';
import { countField, digestField } from '../registry/document.ts';
import { candidateDocument } from '../training/parseCandidate.ts';
import { followsFromFindings, judgementFields, UNFOUNDED_VERDICT } from './judgementFields.ts';
import type { ReportedAnomaly, RunReport } from './runReport.ts';

const CLAIM_DEPTH = 40;

export const modelNameField = v.pipe(
  v.string(),
  v.check(isModelName, 'expected the name of a model'),
  v.transform((text) => text as ModelName),
);

export const anomalyFields: v.GenericSchema<unknown, ReportedAnomaly> = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/, 'expected the id of an anomaly')),
  code: v.string(),
  severity: v.picklist(['error', 'warning']),
  column: v.exactOptional(v.string()),
  message: v.string(),
});

const contestant = v.strictObject({ label: v.string(), digest: digestField });
const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));

/** What `renderJson` writes, read again. The charts and the list of columns are not in it. */
export const runDocument: v.GenericSchema<unknown, RunReport> = v.pipe(
  v.strictObject({
    schema: v.literal('touchstone/run/v1'),
    model: modelNameField,
    // Made of what follows, for programs; whoever reads all of it makes it again.
    blocks: v.boolean(),
    ...judgementFields,
    candidate: contestant,
    baseline: v.exactOptional(contestant),
    holdout: v.strictObject({
      digest: digestField,
      rows: countField,
      dropped: countField,
      looks: countField,
      open: v.boolean(),
    }),
    policy: digestField,
    recalled: v.boolean(),
    datasets: v.array(
      v.pipe(
        v.strictObject({
          role: v.picklist(['train', 'validation', 'holdout']),
          files: v.array(v.string()),
          rows: countField,
          columns: countField,
          digest: digestField,
        }),
        v.transform((dataset) => ({ ...dataset, listed: [], target: { kind: 'absent' as const } })),
      ),
    ),
    anomalies: v.array(anomalyFields),
    training: v.exactOptional(v.pipe(shallow(), candidateDocument)),
    isolation: v.exactOptional(
      v.strictObject({
        network: v.picklist(['none', 'not-isolated']),
        privileges: v.picklist(['dropped', 'not-isolated']),
        memory: v.strictObject({ keptBy: v.picklist(['kernel', 'watcher']), bytes: countField }),
        time: v.strictObject({ callSeconds: seconds, totalSeconds: seconds }),
        threads: countField,
        runtime: v.string(),
      }),
    ),
    notes: v.array(v.string()),
    reproduce: v.array(v.string()),
    stages: v.array(
      v.strictObject({
        stage: v.picklist(['data', 'training', 'evaluation']),
        seconds,
        reused: v.boolean(),
        reusedFrom: v.exactOptional(v.string()),
      }),
    ),
  }),
  v.check((said) => followsFromFindings(said), UNFOUNDED_VERDICT),
  v.transform((document): RunReport => {
    const { baseline, training, isolation, verdict, findings, observations, power } = document;
    const { model, candidate, holdout, policy, recalled, datasets, anomalies, notes, reproduce, stages } = document;
    return {
      ...{ model, candidate, holdout, policy, recalled, datasets, anomalies, notes, reproduce, stages },
      ...(baseline && { baseline }),
      ...(training && { training }),
      ...(isolation && { isolation }),
      judgement: { verdict, findings, observations, power },
    };
  }),
);

/** What training claims is any JSON: held to a depth at which whoever walks it cannot run out of stack. */
function shallow(): v.CustomSchema<unknown, undefined> {
  return v.custom<unknown>((value) => depthOf(value, CLAIM_DEPTH) <= CLAIM_DEPTH);
}

function depthOf(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null || most < 0) return 0;
  let deepest = 0;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, most - 1));
  return deepest + 1;
}
