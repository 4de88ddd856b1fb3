import * as v from 'valibot';
import { parse } from 'yaml';
import { readRepositoryPath } from '../config/repositoryPath.ts';

/** Who writes the check and the comment: the job "publish", or the App, for which the job records alone. */
export type AnsweredBy = 'job' | 'app';

/** What the default branch's `touchstone-judge.yml` says of itself. */
interface JudgingWorkflow {
  readonly answeredBy: AnsweredBy;
  /** Path of the configuration in the repository. */
  readonly config: string;
}

const workflow = v.object({
  jobs: v.record(
    v.string(),
    v.object({
      steps: v.optional(
        v.array(v.object({ uses: v.optional(v.string(), ''), with: v.nullish(v.record(v.string(), v.unknown())) })),
        [],
      ),
    }),
  ),
});

/** Reads it as GitHub would: the inputs of the step that publishes. `undefined` where there is no such step. */
export function readJudgingWorkflow(text: string): JudgingWorkflow | undefined {
  const parsed = v.safeParse(workflow, yamlOf(text));
  if (!parsed.success) return undefined;
  const steps = Object.values(parsed.output.jobs).flatMap((job) => job.steps);
  const publishing = steps.find(({ uses }) => /(?:^|\/)actions\/publish@/.test(uses));
  if (publishing === undefined) return undefined;
  const { 'answered-by': answeredBy, config } = publishing.with ?? {};
  const path = typeof config === 'string' && config !== '' ? readRepositoryPath(config) : undefined;
  return {
    answeredBy: answeredBy === 'app' ? 'app' : 'job',
    config: path?.kind === 'read' ? path.value : 'touchstone.yml',
  };
}

/** The job where the workflow says nothing, or nothing that can be read. */
export function whoAnswers(text: string): AnsweredBy {
  return readJudgingWorkflow(text)?.answeredBy ?? 'job';
}

function yamlOf(text: string): unknown {
  try {
    return parse(text, { logLevel: 'error' }) as unknown;
  } catch {
    return undefined;
  }
}
