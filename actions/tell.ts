import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as core from '@actions/core';
import { shownAnnotations } from '../src/report/annotation.ts';
import type { ActionFailure } from './failures.ts';
import type { ActionOutcome } from './outcome.ts';
import type { RunnerLog } from './runnerLog.ts';
import type { WorkflowRun } from './workflowRun.ts';

/** All outputs of a job may have 1 MB, counted in UTF-16 (docs.github.com, jobs.<job_id>.outputs): this leaves half. */
const LONGEST_RESULT = 250_000;
/** 1 MiB for a step; what is larger is not shown at all. */
const LARGEST_SUMMARY = 1024 * 1024;
const MORE = '\n\nThe rest does not fit into this summary: it is in the report.\n';

/** Tells the runner what an action came to. */
export async function tellOutcome<Own extends string>(
  outcome: ActionOutcome<Own>,
  log: RunnerLog,
  { temporary, id }: WorkflowRun,
): Promise<void> {
  const { verdict, blocks, reasonCode, report, result, outputs, summary, annotations = [] } = outcome;
  for (const annotation of shownAnnotations(annotations)) log.annotate(annotation);
  await summarise(summary, log);
  const document = log.withoutSecrets(JSON.stringify(result));
  const file = path.join(temporary, `touchstone-result-${id}-${process.pid}.json`);
  await writeFile(file, `${document}\n`);
  core.setOutput('verdict', verdict ?? '');
  core.setOutput('blocks', String(blocks));
  core.setOutput('reason_code', reasonCode);
  core.setOutput('report', report ?? '');
  core.setOutput('result', fitted(document, result.schema, file));
  for (const [name, value] of Object.entries<string>(outputs)) core.setOutput(name, value);
}

/** Tells the runner that there is no outcome, and why. */
export async function tellFailure(failure: ActionFailure, log: RunnerLog): Promise<void> {
  const message = log.withoutSecrets(failure.message);
  process.stdout.write(`${message}\n`);
  for (const annotation of shownAnnotations(failure.annotations)) log.annotate(annotation);
  const { reasonCode } = failure;
  const result = { schema: 'touchstone/failure/v1', code: reasonCode, message: message.slice(0, LONGEST_RESULT / 2) };
  core.setOutput('verdict', '');
  core.setOutput('blocks', 'true');
  core.setOutput('reason_code', reasonCode);
  core.setOutput('report', '');
  core.setOutput('result', JSON.stringify(result));
  await summarise([failure.markdown], log);
}

/** A document that is too long for an output is named instead. */
function fitted(document: string, schema: string, file: string): string {
  if (document.length <= LONGEST_RESULT) return document;
  return JSON.stringify({ schema, left_out: `${document.length} characters do not fit into an output`, file });
}

async function summarise(sections: readonly string[], log: RunnerLog): Promise<void> {
  if (process.env['GITHUB_STEP_SUMMARY'] === undefined || sections.length === 0) return;
  let room = LARGEST_SUMMARY - Buffer.byteLength(MORE);
  const shown: string[] = [];
  for (const section of sections.map((each) => log.withoutSecrets(each))) {
    room -= Buffer.byteLength(section) + 2;
    if (room < 0) break;
    shown.push(section);
  }
  const more = shown.length < sections.length ? MORE : '\n';
  await core.summary.addRaw(shown.join('\n\n') + more).write();
}
