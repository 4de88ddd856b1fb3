import path from 'node:path';
import { renderJson } from '../report/json.ts';
import { blocks, type RunReport } from '../report/runReport.ts';
import { renderTerminal } from '../report/terminal.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import { keepReport, REPORT_FILES } from '../workbench/keepReport.ts';
import type { Process, Terminal } from '../workbench/terminal.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** Tells what was judged, keeps it beside the configuration, and ends as the verdicts say. */
export async function tellRuns(
  runs: readonly RunReport[],
  workbench: Workbench,
  process: Process,
  terminal: Terminal,
): Promise<ExitCode> {
  const texts: string[] = [];
  for (const run of runs) {
    const folder = await keepReport(run, workbench, process.now());
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
