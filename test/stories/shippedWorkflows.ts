import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { AnsweredBy } from '../../src/pullRequest/judgingWorkflow.ts';

const NAMES = ['touchstone-pr', 'touchstone-judge', 'touchstone-override'] as const;
type WorkflowName = (typeof NAMES)[number];

/** A workflow as it is shipped; where the App answers, as docs/workflows.md has it changed, and with no right that it then needs not. */
export async function workflow(name: WorkflowName, answeredBy: AnsweredBy = 'job'): Promise<string> {
  const text = await readFile(path.join(import.meta.dirname, '../../workflows-templates', `${name}.yml`), 'utf8');
  if (answeredBy === 'job' || name !== 'touchstone-judge') return text;
  const changed = text
    .replace('answered-by: job', 'answered-by: app')
    .replace(/^ {6}(?:checks|pull-requests): write .*\n/gm, '');
  if (/(?:checks|pull-requests): write|answered-by: job/.test(changed)) throw new Error('The template has changed');
  return changed;
}

/** What lies on the default branch, by path. */
export async function workflows(answeredBy: AnsweredBy): Promise<Readonly<Record<string, string>>> {
  const texts = NAMES.map(async (name) => [`.github/workflows/${name}.yml`, await workflow(name, answeredBy)] as const);
  return Object.fromEntries(await Promise.all(texts));
}
