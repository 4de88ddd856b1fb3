import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { ServiceFailure } from '../src/failure.ts';
import { isRepositoryName, type RepositoryName } from '../src/identity/git.ts';
import type { HostEnvironment } from '../src/training/commandEnvironment.ts';

/** The run that an action is part of, as the runner says it. */
export interface WorkflowRun {
  readonly repository: RepositoryName;
  readonly id: number;
  readonly attempt: number;
  /** Id of the job in the workflow file. */
  readonly job: string;
  readonly event: {
    /** `pull_request`, `workflow_run`, ... */
    readonly name: string;
    /** As GitHub sent it; whoever reads of it narrows what it reads. */
    readonly payload: unknown;
  };
  /** `refs/heads/main`, `refs/pull/7/merge`. */
  readonly ref: string;
  /** The commit that the run is of; for a pull request a merge commit that nobody made. */
  readonly sha: string;
  /** Without a slash at its end. */
  readonly apiUrl: string;
  /** Without a slash at its end. */
  readonly serverUrl: string;
  /** Absolute: emptied before and after each job. */
  readonly temporary: string;
  /** Absolute: kept from job to job on a machine of one's own. */
  readonly toolCache: string;
}

const count = v.pipe(v.string(), v.regex(/^\d+$/, 'a number'), v.transform(Number));
const url = v.pipe(
  v.string(),
  v.regex(/^https?:\/\/\S+$/, 'an address'),
  v.transform((address) => address.replace(/\/+$/, '')),
);
const text = v.pipe(v.string(), v.nonEmpty());

// https://docs.github.com/en/actions/reference/workflows-and-actions/variables
const variables = v.object({
  GITHUB_REPOSITORY: v.custom<RepositoryName>((value) => typeof value === 'string' && isRepositoryName(value)),
  GITHUB_RUN_ID: count,
  GITHUB_RUN_ATTEMPT: count,
  GITHUB_JOB: v.optional(v.string(), ''),
  GITHUB_EVENT_NAME: text,
  GITHUB_EVENT_PATH: text,
  GITHUB_REF: text,
  GITHUB_SHA: text,
  GITHUB_API_URL: v.optional(url, 'https://api.github.com'),
  GITHUB_SERVER_URL: v.optional(url, 'https://github.com'),
  RUNNER_TEMP: text,
  RUNNER_TOOL_CACHE: text,
});

/** @throws ServiceFailure `no-runner` where the variables of a runner are missing. */
export async function readWorkflowRun(env: HostEnvironment): Promise<WorkflowRun> {
  const read = v.safeParse(variables, env);
  if (!read.success) {
    const names = new Set(read.issues.map((issue) => v.getDotPath(issue) ?? ''));
    throw noRunner('environment', `${[...names].join(', ')}: not as a runner of GitHub Actions sets it`);
  }
  const of = read.output;
  return {
    repository: of.GITHUB_REPOSITORY,
    id: of.GITHUB_RUN_ID,
    attempt: of.GITHUB_RUN_ATTEMPT,
    job: of.GITHUB_JOB,
    event: { name: of.GITHUB_EVENT_NAME, payload: await readPayload(of.GITHUB_EVENT_PATH) },
    ref: of.GITHUB_REF,
    sha: of.GITHUB_SHA,
    apiUrl: of.GITHUB_API_URL,
    serverUrl: of.GITHUB_SERVER_URL,
    temporary: of.RUNNER_TEMP,
    toolCache: of.RUNNER_TOOL_CACHE,
  };
}

async function readPayload(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    throw noRunner(file, `the event cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

function noRunner(where: string, found: string): ServiceFailure {
  return new ServiceFailure('no-runner', {
    where,
    found,
    remedy: 'Run this as an action; elsewhere use the command line',
  });
}
