import { parseDocument, isMap, isScalar } from 'yaml';

import { github } from './githubPackages.ts';
import { parseTriggers } from './triggers.ts';
import { isWrittenList, literalText, mapping, onlyKeys, written, WorkflowError } from './written.ts';

import type { Triggers } from './triggers.ts';
import type { Written, WrittenMap } from './written.ts';

/** A workflow file, read and checked: what it says and the runner carries out. */
export type Workflow = {
  readonly path: string;
  readonly name: string;
  readonly runName: Written | undefined;
  readonly on: Triggers;
  readonly permissions: Written | undefined;
  readonly env: WrittenMap;
  readonly defaults: RunDefaults;
  readonly concurrency: Written | undefined;
  readonly jobs: readonly JobFile[];
};

type RunDefaults = { readonly shell?: string; readonly workingDirectory?: string };

export type JobFile = {
  readonly id: string;
  readonly name: Written | undefined;
  readonly needs: readonly string[];
  readonly if: string;
  readonly runsOn: Written;
  readonly permissions: Written | undefined;
  readonly env: WrittenMap;
  readonly outputs: WrittenMap;
  readonly defaults: RunDefaults;
  readonly concurrency: Written | undefined;
  readonly matrix: Written | undefined;
  readonly failFast: Written | undefined;
  readonly maxParallel: Written | undefined;
  readonly timeoutMinutes: Written | undefined;
  readonly continueOnError: Written | undefined;
  readonly steps: readonly StepFile[];
};

type StepBase = {
  readonly id: string | undefined;
  readonly name: Written | undefined;
  readonly if: string;
  readonly env: WrittenMap;
  readonly continueOnError: Written | undefined;
  readonly timeoutMinutes: Written | undefined;
};

export type RunStep = StepBase & {
  readonly kind: 'run';
  readonly run: Written;
  readonly shell: Written | undefined;
  readonly workingDirectory: Written | undefined;
};
export type UsesStep = StepBase & { readonly kind: 'uses'; readonly uses: string; readonly with: WrittenMap };
export type StepFile = RunStep | UsesStep;

/** The name that a workflow file gives itself, read even where the rest of it is wrong; its path where it gives none. */
export function workflowName(contents: string, path: string): string {
  const document = parseDocument(contents);
  const name = isMap(document.contents) ? document.contents.get('name', true) : undefined;
  return isScalar(name) && typeof name.value === 'string' && name.value !== '' ? name.value : path;
}

/**
 * Reads a workflow file by GitHub's own parser. What that finds wrong, and what the runner does not carry out, is a
 * WorkflowError that says all of it.
 */
export async function parseWorkflowFile(contents: string, path: string): Promise<Workflow> {
  const { context, value } = github.parseWorkflow(
    { name: path, content: contents },
    new github.NoOperationTraceWriter(),
  );
  if (value === undefined || context.errors.count > 0) {
    throw new WorkflowError(
      context.errors
        .getErrors()
        .map((error) => `${path}: ${error.message}`)
        .join('\n'),
    );
  }
  const template = await github.convertWorkflowTemplate(context, value);
  if (template.errors !== undefined) {
    throw new WorkflowError(template.errors.map((error) => `${path}: ${error.Message}`).join('\n'));
  }
  const file = mapping(written(value, contents), path);
  return {
    path,
    name: literalText(file.get('name'), `${path}: name`) || path,
    runName: file.get('run-name'),
    on: parseTriggers(template.events, file.get('on'), path),
    permissions: file.get('permissions'),
    env: mapping(file.get('env'), `${path}: env`),
    defaults: runDefaults(file.get('defaults'), path),
    concurrency: file.get('concurrency'),
    jobs: template.jobs.map((job) => {
      if (job.type !== 'job')
        throw new WorkflowError(`${path}: jobs.${job.id.value}: the runner calls no other workflow`);
      const where = `${path}: jobs.${job.id.value}`;
      const written = mapping(mapping(file.get('jobs'), `${path}: jobs`).get(job.id.value), where);
      return parseJob(job.id.value, written, job.if.expression, job.steps.map(condition), where);
    }),
  };
}

const jobKeys = [
  ...['name', 'needs', 'if', 'runs-on', 'permissions', 'env', 'outputs', 'defaults', 'concurrency', 'strategy'],
  ...['timeout-minutes', 'continue-on-error', 'steps'],
];

function parseJob(id: string, job: WrittenMap, when: string, conditions: readonly string[], where: string): JobFile {
  onlyKeys(job, jobKeys, where);
  const needs = job.get('needs');
  const strategy = mapping(job.get('strategy'), `${where}.strategy`);
  const steps = job.get('steps');
  if (!isWrittenList(steps)) throw new WorkflowError(`${where}: a job needs steps`);
  return {
    id,
    name: job.get('name'),
    needs: isWrittenList(needs) ? needs.map(String) : typeof needs === 'string' ? [needs] : [],
    if: when,
    runsOn: job.get('runs-on') ?? null,
    permissions: job.get('permissions'),
    env: mapping(job.get('env'), `${where}.env`),
    outputs: mapping(job.get('outputs'), `${where}.outputs`),
    defaults: runDefaults(job.get('defaults'), where),
    concurrency: job.get('concurrency'),
    matrix: strategy.get('matrix'),
    failFast: strategy.get('fail-fast'),
    maxParallel: strategy.get('max-parallel'),
    timeoutMinutes: job.get('timeout-minutes'),
    continueOnError: job.get('continue-on-error'),
    steps: steps.map((step, at) =>
      parseStep(mapping(step, `${where}.steps[${at}]`), conditions[at] ?? 'success()', `${where}.steps[${at}]`),
    ),
  };
}

const stepKeys = ['id', 'name', 'if', 'env', 'continue-on-error', 'timeout-minutes'];

function parseStep(step: WrittenMap, when: string, where: string): StepFile {
  const base: StepBase = {
    id: literalText(step.get('id'), `${where}.id`),
    name: step.get('name'),
    if: when,
    env: mapping(step.get('env'), `${where}.env`),
    continueOnError: step.get('continue-on-error'),
    timeoutMinutes: step.get('timeout-minutes'),
  };
  const run = step.get('run');
  if (run !== undefined) {
    onlyKeys(step, [...stepKeys, 'run', 'shell', 'working-directory'], where);
    const shell = step.get('shell');
    return { ...base, kind: 'run', run, shell, workingDirectory: step.get('working-directory') };
  }
  onlyKeys(step, [...stepKeys, 'uses', 'with'], where);
  const uses = literalText(step.get('uses'), `${where}.uses`);
  if (uses === undefined) throw new WorkflowError(`${where}: the runner knows run and uses`);
  return { ...base, kind: 'uses', uses, with: mapping(step.get('with'), `${where}.with`) };
}

function runDefaults(value: Written | undefined, where: string): RunDefaults {
  const run = mapping(mapping(value, `${where}: defaults`).get('run'), `${where}: defaults.run`);
  const shell = literalText(run.get('shell'), `${where}: defaults.run.shell`);
  const workingDirectory = literalText(run.get('working-directory'), `${where}: defaults.run.working-directory`);
  return {
    ...(shell !== undefined && { shell }),
    ...(workingDirectory !== undefined && { workingDirectory }),
  };
}

function condition(step: { readonly if?: { readonly expression: string } }): string {
  return step.if?.expression ?? 'success()';
}
