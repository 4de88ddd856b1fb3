import type { JobRecord, Outcome } from '../state/actions.ts';

/** What a job came to, as those that need it see it. */
export type JobResult = { readonly result: Outcome; readonly outputs: Readonly<Record<string, string>> };

/** What jobs that need these see: the jobs of one matrix together. */
export function gather(jobs: readonly JobRecord[]): JobResult {
  const results = jobs.map((job) => (job.conclusion === 'failure' && job.continueOnError ? 'success' : job.conclusion));
  const result = (['failure', 'cancelled', 'skipped'] as const).find((each) => results.includes(each)) ?? 'success';
  const outputs: Record<string, string> = {};
  // The last job that sets an output to something wins.
  for (const job of jobs)
    for (const [name, value] of Object.entries(job.outputs))
      if (value !== '' || !(name in outputs)) outputs[name] = value;
  return { result, outputs };
}
