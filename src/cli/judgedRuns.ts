import path from 'node:path';
import { renderHtml } from '../report/html/html.ts';
import { renderJson } from '../report/json.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { blocks, type RunReport } from '../report/runReport.ts';
import { renderTerminal } from '../report/terminal.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import type { Process, Terminal } from '../workbench/terminal.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** What is kept of a run, by the format that `report` is asked for. */
export const REPORT_FILES = {
  json: 'run.json',
  html: 'report.html',
  markdown: 'report.md',
  text: 'report.txt',
} as const;

/** Tells what was judged, keeps it beside the configuration, and ends as the verdicts say. */
export async function tellRuns(
  runs: readonly RunReport[],
  workbench: Workbench,
  process: Process,
  terminal: Terminal,
): Promise<ExitCode> {
  const texts: string[] = [];
  for (const run of runs) {
    const now = process.now();
    const folder = await workbench.workspace.keepRun(runId(run, now), {
      [REPORT_FILES.json]: `${JSON.stringify(renderJson(run), null, 2)}\n`,
      [REPORT_FILES.html]: renderHtml(run, now),
      [REPORT_FILES.markdown]: renderMarkdown(run),
      [REPORT_FILES.text]: renderTerminal(run, { colour: false }),
    });
    texts.push(`${renderTerminal(run, { colour: terminal.colour })}\nAll of it: ${shown(folder, process.cwd)}`);
  }
  await workbench.workspace.sweep(process.now());
  const documents = runs.map(renderJson);
  const [only] = documents;
  terminal.answer(
    texts.join('\n\n'),
    documents.length === 1 && only !== undefined ? only : { schema: 'touchstone/runs/v1', runs: documents },
  );
  return runs.some(blocks) ? EXIT.blocked : EXIT.done;
}

/** As a person would type it from where they stand. */
function shown(folder: string, cwd: string): string {
  return `${path.join(path.relative(cwd, folder), REPORT_FILES.html)}, and ${REPORT_FILES.markdown} beside it`;
}

/** Sorts by time: `20260503T100000123Z-churn`. */
function runId({ model }: RunReport, now: Date): string {
  return `${now.toISOString().replaceAll(/[-:.]/g, '')}-${model}`;
}
