import { renderHtml } from '../report/html/html.ts';
import { renderJson } from '../report/json.ts';
import { renderMarkdown } from '../report/markdown.ts';
import type { RunReport } from '../report/runReport.ts';
import { renderTerminal } from '../report/terminal.ts';
import type { Workbench } from './workbench.ts';

/** What is kept of a run, by the format that `report` is asked for. */
export const REPORT_FILES = {
  json: 'run.json',
  html: 'report.html',
  markdown: 'report.md',
  text: 'report.txt',
} as const;

/** Keeps every rendering of a run beside the configuration; returns the absolute path of their folder. */
export function keepReport(run: RunReport, { workspace }: Pick<Workbench, 'workspace'>, now: Date): Promise<string> {
  return workspace.keepRun(runId(run, now), {
    [REPORT_FILES.json]: `${JSON.stringify(renderJson(run), null, 2)}\n`,
    [REPORT_FILES.html]: renderHtml(run, now),
    [REPORT_FILES.markdown]: renderMarkdown(run),
    [REPORT_FILES.text]: renderTerminal(run, { colour: false }),
  });
}

/** Sorts by time: `20260503T100000123Z-churn`. */
function runId({ model }: RunReport, now: Date): string {
  return `${now.toISOString().replaceAll(/[-:.]/g, '')}-${model}`;
}
