import { delimiter, join } from 'node:path';

import { resolveTexts, text } from './expressions.ts';

import type { Contexts, Json } from './expressions.ts';
import type { JobRequest } from './jobExecution.ts';
import type { StepFile } from './workflowFile.ts';

type Variables = Readonly<Record<string, string>>;

/** What expressions of a job's steps read, and what its processes have in their environment. */
export class JobContexts {
  readonly workspace: string;
  readonly eventPath: string;
  readonly trackingId = `github_${crypto.randomUUID()}`;
  readonly #request: JobRequest;
  readonly #paths: string[] = [];
  /** What steps put into GITHUB_ENV. */
  readonly #exported = new Map<string, string>();

  constructor(request: JobRequest) {
    this.#request = request;
    const { name } = request.run.repository;
    this.workspace = join(request.machine.work, name, name);
    this.eventPath = join(request.machine.temp, '_github_workflow', 'event.json');
  }

  /** Takes what a step wrote into GITHUB_ENV and GITHUB_PATH. */
  take(env: readonly (readonly [string, string])[], paths: readonly string[]): void {
    for (const [key, value] of env) this.#exported.set(key, value);
    this.#paths.unshift(...[...paths].reverse());
  }

  /** Workflow's, job's and exported variables, and then the step's own. */
  env(step: StepFile | undefined, status: string): Variables {
    const { workflow, file } = this.#request;
    const env: Record<string, string> = {};
    const levels = [
      [workflow.env, 'env'],
      [file.env, `jobs.${file.id}.env`],
    ] as const;
    for (const [level, where] of levels) Object.assign(env, resolveTexts(level, this.contexts(env, status), where));
    Object.assign(env, Object.fromEntries(this.#exported));
    if (step !== undefined) Object.assign(env, resolveTexts(step.env, this.contexts(env, status), 'env'));
    return env;
  }

  contexts(env: Variables, status: string): Contexts {
    const { values, machine, record, secrets, token } = this.#request;
    const steps = record.steps.flatMap(({ id, outcome, conclusion, outputs }) =>
      id === undefined || outcome === undefined
        ? []
        : [[id, { outputs, outcome, conclusion: conclusion ?? null }] as const],
    );
    return {
      values: {
        ...values,
        github: {
          ...(values['github'] as Record<string, Json>),
          token,
          workspace: this.workspace,
          event_path: this.eventPath,
        },
        env,
        job: { status },
        steps: Object.fromEntries(steps),
        secrets: { ...secrets, GITHUB_TOKEN: token },
        runner: {
          name: machine.options.name,
          os: 'Linux',
          arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
          temp: machine.temp,
          tool_cache: machine.toolCache,
          environment: machine.options.kind === 'hosted' ? 'github-hosted' : 'self-hosted',
          workspace: join(this.workspace, '..'),
          debug: '',
        },
      },
    };
  }

  /** All that a process of the job sees; what the runner sets itself cannot be overwritten, CI can. */
  processEnv(env: Variables, status: string): Record<string, string> {
    const { options, home } = this.#request.machine;
    const path = [...this.#paths, ...(options.path ?? []), options.env?.['PATH'] ?? process.env['PATH'] ?? ''];
    const given: Record<string, string> = {
      LANG: 'C.UTF-8',
      CI: 'true',
      ...options.env,
      HOME: home,
      PATH: path.join(delimiter),
      ...env,
      RUNNER_TRACKING_ID: this.trackingId,
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION: env['GITHUB_ACTION'] ?? '__run',
    };
    const { values } = this.contexts(env, status);
    for (const [key, value] of Object.entries(values['github'] as Record<string, Json>)) {
      // The token is handed to whom the file names, never by the environment.
      if (typeof value === 'object' || key === 'token') continue;
      given[`GITHUB_${key.toUpperCase()}`] = text(value, key);
    }
    for (const [key, value] of Object.entries(values['runner'] as Record<string, Json>)) {
      if (value !== '') given[`RUNNER_${key.toUpperCase()}`] = text(value, key);
    }
    return given;
  }
}
