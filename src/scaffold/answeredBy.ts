import { parse } from 'yaml';
import * as v from 'valibot';

/** Who writes the check and the comment: the job "publish", or the Touchstone App, for which the job records alone. */
export type AnsweredBy = 'job' | 'app';

const STEP = v.object({
  uses: v.optional(v.string()),
  with: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
});
const WORKFLOW = v.object({ jobs: v.record(v.string(), v.object({ steps: v.optional(v.array(STEP)) })) });

/** What touchstone-judge.yml says of it, as an input of its step that publishes; the job where it says nothing. */
export function whoAnswers(judging: string): AnsweredBy {
  const read = v.safeParse(WORKFLOW, parsed(judging));
  if (!read.success) return 'job';
  const steps = Object.values(read.output.jobs).flatMap((job) => job.steps ?? []);
  const publishing = steps.filter(({ uses }) => uses !== undefined && /\/actions\/publish@/.test(uses));
  return publishing.some((step) => step.with?.['answered-by'] === 'app') ? 'app' : 'job';
}

function parsed(workflow: string): unknown {
  try {
    return parse(workflow, { logLevel: 'error' });
  } catch {
    return undefined;
  }
}
