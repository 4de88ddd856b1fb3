import type { ModelConfig } from '../config/config.ts';
import type { Path } from '../config/complaint.ts';
import { placesInYaml } from '../config/placesInYaml.ts';
import { formatMetricName } from '../evaluation/metricName.ts';
import type { Finding } from '../evaluation/verdict.ts';
import { blockingFindings } from './advice.ts';
import type { Annotation, FilePlace } from './annotation.ts';
import type { ReportedAnomaly, RunReport } from './runReport.ts';
import { plainVoice as voice } from './voice.ts';

/** A text that annotations point into. */
export interface SourceText {
  /** Relative to the repository. */
  readonly file: string;
  readonly text: string;
}

/** Anomalies where the schema names their column; without a schema, where the configuration names the data. */
export function annotateAnomalies(
  model: ModelConfig,
  anomalies: readonly ReportedAnomaly[],
  config: SourceText,
  schema: SourceText | undefined,
): readonly Annotation[] {
  const inConfig = placeIn(config);
  const inSchema = schema && placeIn(schema);
  return anomalies.map(({ id, code, severity, column, message }) => {
    const path = column === undefined ? [] : ['columns', column];
    const place = inSchema?.(path) ?? inConfig(['models', model.name, 'data']);
    return { severity, title: `${model.name}: ${code} (${id})`, message: `${voice.prose(message)}.`, place };
  });
}

/** The gates that block, where the configuration states them. */
export function annotateGates(
  model: ModelConfig,
  report: Pick<RunReport, 'judgement'>,
  config: SourceText,
): readonly Annotation[] {
  const inConfig = placeIn(config);
  return blockingFindings(report, voice).map(({ finding, said }) => {
    const gate = indexOfGate(model, finding);
    const path = ['models', model.name, 'gates', ...(gate === undefined ? [] : [gate])];
    return { severity: 'error', title: `${model.name}: ${finding.kind}`, message: said, place: inConfig(path) };
  });
}

function placeIn({ file, text }: SourceText): (path: Path) => FilePlace {
  const places = placesInYaml(text);
  return (path) => ({ file, ...places(path) });
}

/** The gate that a finding is of: a configuration states each metric of a slice once. */
function indexOfGate({ gates }: ModelConfig, { metric, slice }: Finding): number | undefined {
  const index = gates.findIndex((gate) => formatMetricName(gate.metric) === metric && gate.slice === slice);
  return index < 0 ? undefined : index;
}
