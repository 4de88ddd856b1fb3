import type { Candidate } from '../training/candidate.ts';
import { formatCount } from '../wording/numbers.ts';
import { table } from './markdown.ts';
import type { ReportedAnomaly } from './runReport.ts';
import { anomalySection, trainingSection } from './sections.ts';
import { markdownVoice as voice } from './voice.ts';

const MOST_ROWS = 200;

/** What was looked at: the anomalies of a model's data, all of them. */
export interface LookedAt {
  readonly model: string;
  readonly anomalies: readonly ReportedAnomaly[];
  /** Whether the data are not to be trained on. */
  readonly blocks: boolean;
}

/** The data of one model, as Markdown. */
export function anomaliesMarkdown({ model, anomalies, blocks }: LookedAt): string {
  const said =
    anomalies.length === 0
      ? 'no anomaly'
      : anomalies.length === 1
        ? '1 anomaly'
        : `${formatCount(anomalies.length)} anomalies`;
  const title = `### ${blocks ? '❌' : '✅'} ${voice.name(model)}: ${said} in the data`;
  if (anomalies.length === 0) return title;
  const section = anomalySection({ anomalies }, voice);
  const cut = anomalies.length > MOST_ROWS ? [`${MOST_ROWS} of ${anomalies.length} shown.`] : [];
  return [title, table(section, MOST_ROWS), ...cut].join('\n\n');
}

/** What training left, as Markdown. What the command said of itself is in the report alone, shown as claimed. */
export function trainedMarkdown(candidate: Candidate): string {
  const section = trainingSection(candidate, voice);
  return [
    `### ✅ ${voice.name(candidate.model)} is trained`,
    'Nothing is judged here: the judge takes the candidate from the artifact, and believes none of its numbers.',
    table(section, MOST_ROWS),
  ].join('\n\n');
}
