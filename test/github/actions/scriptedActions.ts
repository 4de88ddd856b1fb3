import { setImmediate as nextTurn } from 'node:timers/promises';

import { engines } from '../state/actions.ts';
import { PullRequest } from '../state/pulls.ts';
import { addArtifact, zipOf } from './artifacts.ts';
import { interpolation } from './interpolation.ts';
import { fullRef, minimal, plain } from './occurrences.ts';
import {
  addJob,
  beginJob,
  completeJob,
  needsApproval,
  newAttempt,
  openRun,
  recordOf,
  tellJob,
  tellRun,
} from './runRecords.ts';
import { Expression, WorkflowError } from './written.ts';

import type { GitHub } from '../gitHub.ts';
import type { Account } from '../state/account.ts';
import type {
  Artifact,
  Conclusion,
  JobRecord,
  Outcome,
  RunOrigin,
  StepRecord,
  WorkflowEngine,
  WorkflowRun,
} from '../state/actions.ts';
import type { StandInRepository } from '../state/repository.ts';

/** What is known of a workflow's file, which need not be in any repository. */
export type ScriptedWorkflow = {
  readonly name: string;
  /** `run-name`, with its expressions: `Judge ${{ inputs.candidate }}`. */
  readonly runName?: string;
  /** What a dispatch may say; anything where nothing is said. */
  readonly inputs?: readonly string[];
};

/** A commit that a run is of, where it is none of a pull request's. */
export type ScriptedHead = {
  readonly repository: StandInRepository;
  readonly sha: string;
  readonly branch: string;
  readonly by?: Account;
};

export type StartOptions = {
  /** Path of the file. */
  readonly path: string;
  /** `pull_request` for a pull request, `push` for a commit, where nothing is said. */
  readonly event?: string;
  /** Whether the run waits for approval; where nothing is said, as the repository's settings have it for a fork. */
  readonly waits?: boolean;
};

export type JobDetails = {
  /** `completed` where there is a conclusion, else `in_progress`. */
  readonly status?: 'queued' | 'in_progress' | 'completed';
  readonly conclusion?: Outcome;
  /** All steps of the job so far; `success` where nothing is said. */
  readonly steps?: readonly { readonly name: string; readonly conclusion?: Outcome | undefined }[];
  /** Names of the jobs that it needs. */
  readonly needs?: readonly string[];
};

/** What somebody had Actions do. */
export type Effect =
  | { readonly kind: 'approve' | 'cancel'; readonly run: WorkflowRun; readonly by: Account }
  | { readonly kind: 'rerun'; readonly run: WorkflowRun; readonly jobs: 'all' | 'failed'; readonly by: Account }
  | { readonly kind: 'rerunJob'; readonly run: WorkflowRun; readonly job: JobRecord; readonly by: Account }
  | {
      readonly kind: 'dispatch';
      readonly run: WorkflowRun;
      readonly inputs: Readonly<Record<string, string>>;
      readonly by: Account;
    };

/** Runs no workflow: a test says how each run goes, and is told what it was asked to do. */
export class ScriptedActions implements WorkflowEngine {
  /** What was asked of it, oldest first. */
  readonly effects: Effect[] = [];
  readonly #github: GitHub;
  readonly #workflows: ReadonlyMap<string, ScriptedWorkflow>;
  readonly #listeners: ((effect: Effect) => void | Promise<void>)[] = [];
  readonly #needs = new WeakMap<JobRecord, readonly string[]>();
  readonly #told = new Set<Promise<void>>();

  /** `workflows`: the files by their paths. */
  constructor(github: GitHub, workflows: Readonly<Record<string, ScriptedWorkflow>>) {
    this.#github = github;
    this.#workflows = new Map(Object.entries(workflows));
    engines.set(github, this);
  }

  /** Tells `listener` what it was asked to do, once that is answered: `settled` waits for it. */
  on(listener: (effect: Effect) => void | Promise<void>): void {
    this.#listeners.push(listener);
  }

  /** Waits until everybody has been told of everything. */
  async settled(): Promise<void> {
    do {
      await Promise.all(this.#told);
      await this.#github.settled();
    } while (this.#told.size > 0);
  }

  /** Makes a queued run; one of a fork may wait for approval. */
  async start(subject: PullRequest | ScriptedHead, { path, event, waits }: StartOptions): Promise<WorkflowRun> {
    const { repository } = subject;
    const isPull = subject instanceof PullRequest;
    const origin = isPull ? await pullOrigin(subject, event ?? 'pull_request') : headOrigin(subject, event ?? 'push');
    const run = this.#open(repository, path, origin, {}, isPull ? subject.title : undefined);
    await tellRun(run, 'requested');
    if (waits ?? needsApproval(repository, origin)) await this.finish(run, 'action_required');
    return run;
  }

  async begin(run: WorkflowRun): Promise<void> {
    this.#change(run, 'in_progress', undefined);
    await tellRun(run, 'in_progress');
  }

  /** A job of the latest attempt as it then is: a new one where none has this name. One that begins begins its run. */
  async job(run: WorkflowRun, name: string, details: JobDetails = {}): Promise<JobRecord> {
    const job =
      run.jobs.find((each) => each.name === name && each.attempt === run.attempt.number) ?? this.#job(run, name);
    if (details.needs) this.#needs.set(job, details.needs);
    if (details.steps) job.steps.splice(0, job.steps.length, ...details.steps.map((step, at) => this.#step(step, at)));
    const status = details.status ?? (details.conclusion === undefined ? 'in_progress' : 'completed');
    if (status === 'queued') return job;
    if (job.status === 'queued') {
      if (run.status === 'queued') await this.begin(run);
      job.runner = { id: 1, name: 'GitHub Actions 1' };
      beginJob(run, job);
      tellJob(run, job, 'in_progress');
    }
    if (status === 'completed') this.#complete(run, job, details.conclusion ?? 'success');
    return job;
  }

  /** Ends a run, and the jobs that are not over as it. */
  async finish(run: WorkflowRun, conclusion: Conclusion = 'success'): Promise<void> {
    const outcome = OUTCOMES[conclusion];
    for (const job of run.jobs) if (job.status !== 'completed') this.#complete(run, job, outcome);
    this.#change(run, 'completed', conclusion);
    await tellRun(run, 'completed');
  }

  /** Leaves an artifact of these files; it takes the place of one that has its name. */
  async leave(run: WorkflowRun, name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<Artifact> {
    const { actions } = run.repository;
    const before = actions.artifactsOf(run).find((artifact) => artifact.name === name);
    if (before) actions.remove(before);
    const bytes = Object.entries(files).map(([path, content]) => [path, Buffer.from(content)] as const);
    return addArtifact(run, name, await zipOf(bytes, 6));
  }

  has(_: StandInRepository, path: string): Promise<boolean> {
    return Promise.resolve(this.#workflows.has(path));
  }

  approve(run: WorkflowRun, by: Account): void {
    if (run.conclusion !== 'action_required') throw new Error(`Run ${run.id} waits for nobody`);
    this.#change(run, 'queued', undefined);
    this.#record({ kind: 'approve', run, by });
  }

  rerun(run: WorkflowRun, jobs: 'all' | 'failed', by: Account): void {
    const again = jobs === 'all' ? run.jobs : run.jobs.filter(({ conclusion }) => conclusion !== 'success');
    this.#again(run, again, by);
    this.#record({ kind: 'rerun', run, jobs, by });
  }

  rerunJob(run: WorkflowRun, job: JobRecord, by: Account): void {
    this.#again(run, [job], by);
    this.#record({ kind: 'rerunJob', run, job, by });
  }

  async cancel(run: WorkflowRun, by: Account): Promise<void> {
    await this.finish(run, 'cancelled');
    this.#record({ kind: 'cancel', run, by });
  }

  async dispatch(
    repository: StandInRepository,
    path: string,
    ref: string,
    given: Readonly<Record<string, unknown>>,
    by: Account,
  ): Promise<WorkflowRun> {
    const full = await fullRef(repository, ref);
    const sha = full === undefined ? undefined : await repository.resolve(full);
    if (full === undefined || sha === undefined) throw new WorkflowError(`No ref found for: ${ref}`);
    const known = this.#workflow(path).inputs ?? Object.keys(given);
    const unknown = Object.keys(given).filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new WorkflowError(`Unexpected inputs provided: ${JSON.stringify(unknown)}`);
    const inputs = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
    const payload = { inputs, ref: full, workflow: path, repository: repository.json, sender: by.json };
    const origin = plain('workflow_dispatch', repository, payload, by, full, sha);
    const run = this.#open(repository, path, origin, inputs, undefined);
    await tellRun(run, 'requested');
    this.#record({ kind: 'dispatch', run, inputs, by });
    return run;
  }

  #workflow(path: string): ScriptedWorkflow {
    const found = this.#workflows.get(path);
    if (found) return found;
    throw new Error(`The script has no workflow ${path}; it has ${[...this.#workflows.keys()].join(', ')}`);
  }

  #open(
    repository: StandInRepository,
    path: string,
    origin: RunOrigin,
    inputs: WorkflowRun['inputs'],
    title: string | undefined,
  ): WorkflowRun {
    const { name, runName } = this.#workflow(path);
    const workflow = recordOf(repository, path, name);
    const written = runName?.includes('${{') === true ? new Expression(interpolation(runName)) : runName;
    return openRun(repository, { workflow, origin, inputs, title, runName: written });
  }

  #change(run: WorkflowRun, status: 'queued' | 'in_progress' | 'completed', conclusion: Conclusion | undefined): void {
    const { attempt } = run;
    attempt.status = status;
    attempt.conclusion = conclusion;
    attempt.updatedAt = this.#github.time();
  }

  #job(run: WorkflowRun, name: string): JobRecord {
    const job = addJob(run, run.attempt, { key: name, name, labels: ['ubuntu-latest'] });
    tellJob(run, job, 'queued');
    return job;
  }

  #complete(run: WorkflowRun, job: JobRecord, outcome: Outcome): void {
    completeJob(run, job, outcome);
    tellJob(run, job, 'completed');
  }

  #step(
    { name, conclusion = 'success' }: { readonly name: string; readonly conclusion?: Outcome | undefined },
    at: number,
  ): StepRecord {
    const time = this.#github.time();
    return {
      number: at + 1,
      name,
      id: undefined,
      status: 'completed',
      outcome: conclusion,
      conclusion,
      startedAt: time,
      completedAt: time,
      log: [],
      annotations: [],
      summary: '',
      outputs: {},
    };
  }

  /** The next attempt: the jobs stay that are neither run again nor need one that is. */
  #again(run: WorkflowRun, jobs: readonly JobRecord[], by: Account): void {
    if (run.status !== 'completed') throw new Error(`Run ${run.id} is not over`);
    const again = new Set(jobs.map(({ name }) => name));
    for (let before = 0; before !== again.size;) {
      before = again.size;
      for (const job of run.jobs) {
        if (this.#needs.get(job)?.some((need) => again.has(need)) === true) again.add(job.name);
      }
    }
    const kept = run.jobs.filter(({ name }) => !again.has(name));
    const attempt = newAttempt(this.#github, run.attempt.number + 1, by);
    attempt.jobs.push(...kept);
    run.attempts.push(attempt);
  }

  #record(effect: Effect): void {
    this.effects.push(effect);
    const told: Promise<void> = this.#tell(effect).finally(() => this.#told.delete(told));
    this.#told.add(told);
  }

  async #tell(effect: Effect): Promise<void> {
    await nextTurn();
    try {
      for (const listener of this.#listeners) await listener(effect);
    } catch (error) {
      this.#github.violations.push(`a listener, told of ${effect.kind}: ${String(error)}`);
    }
  }
}

/** What a job that is not over comes to when its run ends so. */
const OUTCOMES: { readonly [conclusion in Conclusion]: Outcome } = {
  success: 'success',
  failure: 'failure',
  startup_failure: 'failure',
  timed_out: 'failure',
  cancelled: 'cancelled',
  action_required: 'skipped',
  skipped: 'skipped',
};

async function pullOrigin(pull: PullRequest, event: string): Promise<RunOrigin> {
  const { repository, head, headSha, number, author } = pull;
  const merge = await pull.testMerge();
  const sha = merge.kind === 'clean' ? merge.commit : headSha;
  const payload = { action: 'synchronize', number, pull_request: await pull.json() };
  const isFork = head.repository !== repository;
  return {
    ...plain(event, repository, payload, author, `refs/pull/${number}/merge`, sha),
    headSha,
    headBranch: head.ref,
    headRepository: head.repository,
    headRef: head.ref,
    baseRef: pull.base.ref,
    isUntrusted: isFork,
    pullRequests: isFork ? [] : [minimal(repository, payload)],
  };
}

function headOrigin({ repository, sha, branch, by = repository.owner }: ScriptedHead, event: string): RunOrigin {
  const payload = { repository: repository.json, sender: by.json };
  return plain(event, repository, payload, by, `refs/heads/${branch}`, sha);
}
