import { UserMistake } from '../failure.ts';
import type { Json } from '../identity/digest.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import { REPORT_FILES } from '../workbench/keepReport.ts';
import type { Invocation } from './invocation.ts';
import { openWorkbench } from '../workbench/workbench.ts';

interface ReportOptions {
  readonly format: keyof typeof REPORT_FILES;
}

/** Prints what a run found again, as it was kept. */
export async function report(
  { process, terminal, options }: Invocation<ReportOptions>,
  run?: string,
): Promise<ExitCode> {
  const { workspace } = await openWorkbench(process, options);
  const read = async (file: string): Promise<string> => {
    const text = await workspace.readRun(file, run);
    if (text !== undefined) return text;
    const known = await workspace.listRuns();
    throw new UserMistake('run-unknown', {
      where: 'report',
      found: run === undefined ? 'nothing was run here yet' : `there is no run "${run}"`,
      ...(known.length > 0 && { expected: `one of ${known.slice(-5).toReversed().join(', ')}` }),
      remedy: 'Run one: "touchstone run"',
    });
  };
  const json = JSON.parse(await read(REPORT_FILES.json)) as Json;
  const rendered = async (file: string): Promise<string> => {
    const text = await workspace.readRun(file, run);
    if (text !== undefined) return text;
    throw new UserMistake('format-not-kept', {
      where: 'report --format',
      found: `${file} was not kept of this run: an earlier release made it`,
      remedy: 'Run it again: "touchstone run"',
    });
  };
  const text = options.format === 'json' ? JSON.stringify(json, null, 2) : await rendered(REPORT_FILES[options.format]);
  terminal.answer(text, json);
  return EXIT.done;
}
