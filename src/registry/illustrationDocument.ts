import * as v from 'valibot';
import type {
  CalibrationBin,
  ClassCurves,
  FlippedRow,
  Flips,
  Illustration,
  ScoreCurves,
  ValueBin,
} from '../evaluation/illustration/illustration.ts';
import { countField, formatDocument, parseDocument } from './document.ts';
import { real, withInfinitiesInWords } from './judgementDocument.ts';

const SCHEMA = 'touchstone/illustration/v1';

const point = v.tuple([real, real]);
const numbers = v.array(real);

/** Of both models, the baseline's where there is one. */
const both = <T>(schema: v.GenericSchema<unknown, T>) => ({ candidate: schema, baseline: v.exactOptional(schema) });

const curves: v.GenericSchema<unknown, ScoreCurves> = v.strictObject({
  roc: v.array(point),
  precisionRecall: v.array(point),
});

const classCurves: v.GenericSchema<unknown, ClassCurves> = v.strictObject({
  of: v.string(),
  rows: countField,
  others: countField,
  ...both(curves),
});

const calibrationBin: v.GenericSchema<unknown, CalibrationBin> = v.strictObject({
  rows: countField,
  predicted: real,
  observed: real,
  interval: v.tuple([real, real]),
});

const valueBin: v.GenericSchema<unknown, ValueBin> = v.strictObject({ rows: countField, truth: real, predicted: real });

const flippedRow: v.GenericSchema<unknown, FlippedRow> = v.strictObject({
  truth: v.string(),
  baseline: v.string(),
  candidate: v.string(),
  baselineProbability: v.exactOptional(real),
  candidateProbability: v.exactOptional(real),
  values: v.array(v.string()),
});

const flippedRows = v.strictObject({ rows: countField, examples: v.array(flippedRow) });

const flips: v.GenericSchema<unknown, Flips> = v.pipe(
  v.strictObject({ fixed: flippedRows, broken: flippedRows, columns: v.array(v.string()) }),
  v.check(
    ({ fixed, broken, columns }) =>
      [...fixed.examples, ...broken.examples].every(({ values }) => values.length === columns.length),
    'expected a value for each column',
  ),
);

const illustration: v.GenericSchema<unknown, Illustration> = v.variant('kind', [
  v.strictObject({
    kind: v.literal('classes'),
    classes: v.array(v.string()),
    curves: v.array(classCurves),
    calibration: v.exactOptional(
      v.strictObject({ of: v.picklist(['positive', 'predicted']), ...both(v.array(calibrationBin)) }),
    ),
    confusion: v.strictObject({ labels: v.array(v.string()), leftOut: countField, ...both(v.array(numbers)) }),
    flips: v.exactOptional(flips),
  }),
  v.strictObject({
    kind: v.literal('values'),
    residuals: v.strictObject({ edges: numbers, ...both(numbers) }),
    scatter: v.strictObject(both(v.array(point))),
    calibration: v.strictObject(both(v.array(valueBin))),
    flips: v.exactOptional(flips),
  }),
]);

const document = v.strictObject({ schema: v.literal(SCHEMA), illustration });

/** The bytes that an illustration is kept as, beside the verdicts of this machine. */
export function formatIllustration(shown: Illustration): Uint8Array {
  return formatDocument({ schema: SCHEMA, illustration: withInfinitiesInWords(shown) as object });
}

/** An illustration as it was kept; `undefined` where the bytes are damaged, or those of another version. */
export function parseIllustration(bytes: Uint8Array): Illustration | undefined {
  const parsed = parseDocument(document, bytes);
  return parsed.kind === 'parsed' ? parsed.value.illustration : undefined;
}
