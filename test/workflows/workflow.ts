import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

export interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: { readonly [input: string]: unknown };
}

export interface Job {
  readonly name?: string;
  readonly if?: string;
  readonly needs?: string;
  readonly 'runs-on': string | readonly string[];
  readonly 'timeout-minutes'?: number;
  readonly permissions?: { readonly [name: string]: string };
  readonly outputs?: { readonly [name: string]: string };
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly name: string;
  readonly 'run-name'?: string;
  readonly on: { readonly [event: string]: unknown };
  readonly permissions?: object;
  readonly concurrency: { readonly group: string; readonly 'cancel-in-progress'?: boolean; readonly queue?: string };
  readonly env?: object;
  readonly defaults?: object;
  readonly jobs: { readonly [id: string]: Job };
}

export const TEMPLATES = ['touchstone-pr.yml', 'touchstone-judge.yml', 'touchstone-override.yml'] as const;
export type Template = (typeof TEMPLATES)[number];

export const textOf = (template: Template): Promise<string> => readFile(`workflows-templates/${template}`, 'utf8');

export async function workflowOf(template: Template): Promise<Workflow> {
  return parse(await textOf(template)) as Workflow;
}

export function stepsOf(workflow: Workflow): readonly Step[] {
  return Object.values(workflow.jobs).flatMap(({ steps }) => steps);
}

/** The one job of that name; a test that asks for another one is wrong. */
export function jobOf(workflow: Workflow, id: string): Job {
  const job = workflow.jobs[id];
  if (job === undefined) throw new TypeError(`There is no job ${id}.`);
  return job;
}

/** `owner/name/actions/train` of `owner/name/actions/train@SHA`. */
export const actionOf = ({ uses = '' }: Step): string => uses.split('@')[0] ?? '';
