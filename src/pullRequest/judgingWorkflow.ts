import * as v from 'valibot';
import { parse } from 'yaml';
import { readRepositoryPath } from '../config/repositoryPath.ts';

/** What the default branch's `touchstone-judge.yml` says of itself. */
export interface JudgingWorkflow {
  /** Who writes check and comment. */
  readonly answeredBy: 'job' | 'app';
  /** Path of the configuration in the repository. */
  readonly config: string;
}

const workflow = v.object({
  jobs: v.record(
    v.string(),
    v.object({
      steps: v.optional(
        v.array(
          v.object({ uses: v.optional(v.string(), ''), with: v.optional(v.record(v.string(), v.unknown()), {}) }),
        ),
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
  const { 'answered-by': answeredBy, config } = publishing.with;
  const path = typeof config === 'string' && config !== '' ? readRepositoryPath(config) : undefined;
  return {
    answeredBy: answeredBy === 'app' ? 'app' : 'job',
    config: path?.kind === 'read' ? path.value : 'touchstone.yml',
  };
}

function yamlOf(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return undefined;
  }
}
