import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { engines } from '../state/actions.ts';
import { ConcurrencyGroups } from './concurrency.ts';
import { dispatchInputs } from './dispatchInputs.ts';
import { fullRef, occurrencesOf, plain, scheduled } from './occurrences.ts';
import { RunExecution } from './runExecution.ts';
import { needsApproval, newAttempt, openRun, recordOf, tellJob, tellRun } from './runRecords.ts';
import { Runners } from './runners.ts';
import { starts } from './triggers.ts';
import { parseWorkflowFile, workflowName } from './workflowFile.ts';
import { WorkflowError } from './written.ts';

import type { GitHub, GitHubEvent } from '../gitHub.ts';
import type { Account } from '../state/account.ts';
import type { JobRecord, RunOrigin, WorkflowEngine, WorkflowRun } from '../state/actions.ts';
import type { StandInRepository } from '../state/repository.ts';
import type { Started } from './occurrences.ts';
import type { RunnerOptions } from './runners.ts';
import type { Workflow } from './workflowFile.ts';

export type ActionsOptions = {
  /** Root of the working tree whose actions `uses: <Touchstone's repository>/...` runs. */
  readonly touchstone: string;
  /** Where nothing is said, hosted ones for `ubuntu-latest`. */
  readonly runners?: readonly RunnerOptions[];
  /** How long a minute of a file, and a second of the runner, takes here: 1 is real. */
  readonly scale?: number;
};

export type IdleOptions = {
  readonly timeoutMs?: number;
  /** Files that the runner cannot carry out are what the test is about. */
  readonly problems?: 'allowed';
};

const hosted: RunnerOptions = { name: 'GitHub Actions', labels: ['ubuntu-latest'], kind: 'hosted' };

/** Runs the workflows of a stand-in's repositories, from the files that GitHub would take. */
export class Actions implements WorkflowEngine {
  readonly runners: Runners;
  /** Files that could not be read, by what is wrong. */
  readonly fileProblems = new Set<string>();
  readonly #github: GitHub;
  readonly #options: ActionsOptions;
  readonly #groups = new Map<StandInRepository, ConcurrencyGroups>();
  readonly #workflows = new Map<WorkflowRun, Workflow>();
  readonly #active = new Map<WorkflowRun, RunExecution>();
  readonly #repository: string;
  /** Events are taken one after the other, in the order in which they happened. */
  #taking: Promise<void> = Promise.resolve();

  constructor(github: GitHub, options: ActionsOptions) {
    this.#github = github;
    this.#options = options;
    this.#repository = repositoryOf(options.touchstone);
    this.runners = new Runners(join(github.folder, 'runners'), options.runners ?? [hosted]);
    engines.set(github, this);
    for (const name of ['pull_request', 'push', 'merge_group', 'workflow_run', 'issue_comment']) {
      github.on(name, (event) => this.#next(() => this.#happened(event)));
    }
  }

  /** All runs of a repository, oldest first; those of one workflow where its name is given. */
  runsOf(repository: StandInRepository, workflow?: string): readonly WorkflowRun[] {
    return repository.actions.runs.filter((run) => workflow === undefined || run.name === workflow);
  }

  /** The newest run of a workflow, by its name. */
  latest(repository: StandInRepository, workflow: string): WorkflowRun {
    const run = this.runsOf(repository, workflow).at(-1);
    if (run === undefined) throw new Error(`${repository.fullName} has no run of ${workflow}\n${this.report()}`);
    return run;
  }

  /** Waits until a condition holds; rejects with a report where it does not come to that. */
  async until(condition: () => boolean, timeoutMs = 60_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`It did not come to that within ${timeoutMs} ms:\n${this.report()}`);
      await wait(10);
    }
  }

  /**
   * Waits until every run is over and has started what it starts. Rejects with a report where a job waits for a runner that
   * nobody registered, where the time is over, or where a file had what the runner does not know.
   */
  async idle({ timeoutMs = 120_000, problems }: IdleOptions = {}): Promise<void> {
    const end = Date.now() + timeoutMs;
    let stuckSince: number | undefined;
    for (;;) {
      await this.#github.settled();
      await this.#taking;
      if (this.#active.size === 0) break;
      stuckSince = this.#isStuck() ? (stuckSince ?? Date.now()) : undefined;
      if (stuckSince !== undefined && Date.now() - stuckSince > 200) {
        throw new Error(`Jobs wait for a runner that nobody registered:\n${this.report()}`);
      }
      if (Date.now() > end) throw new Error(`Not idle within ${timeoutMs} ms:\n${this.report()}`);
      await wait(10);
    }
    if (problems === 'allowed') return;
    const found = this.problems;
    if (found.length > 0) throw new Error(`What workflows use and the runner does not know:\n${found.join('\n')}`);
  }

  /** What the runner could not carry out, of all files and runs. */
  get problems(): readonly string[] {
    return [
      ...this.fileProblems,
      ...this.#github.repositories.flatMap(({ actions }) => actions.runs.flatMap((run) => run.problems)),
    ];
  }

  /** Where every run stands, for a test that fails. */
  report(): string {
    const lines = this.#github.repositories.flatMap(({ actions }) =>
      actions.runs.flatMap((run) => [
        `${run.name} #${run.number}.${run.attempt.number} (${run.origin.event}): ${run.conclusion ?? run.status}`,
        ...run.jobs.map((job) => {
          const demand = this.#active.get(run)?.waiting.get(job);
          const waits = demand === undefined ? '' : `, waits for a runner [${demand.labels.join(', ')}]`;
          return `  ${job.name}: ${job.conclusion ?? job.status}${waits}`;
        }),
      ]),
    );
    return [...lines, `Runners: ${this.runners.describe()}`].join('\n');
  }

  cancel(run: WorkflowRun): void {
    this.#active.get(run)?.cancel();
  }

  approve(run: WorkflowRun): void {
    const workflow = this.#workflows.get(run);
    if (run.conclusion !== 'action_required' || workflow === undefined)
      throw new Error(`Run ${run.id} waits for nobody`);
    run.attempt.status = 'queued';
    run.attempt.conclusion = undefined;
    this.#execute(run, workflow, new Map());
  }

  rerun(run: WorkflowRun, jobs: 'all' | 'failed', by: Account): void {
    const workflow = this.#workflows.get(run);
    if (run.status !== 'completed' || workflow === undefined) throw new Error(`Run ${run.id} cannot be run again`);
    const kept = jobs === 'all' ? new Map<string, readonly JobRecord[]>() : keptJobs(run, workflow);
    this.#again(run, workflow, kept, by);
  }

  /** A job of a matrix is run with the others of it, where GitHub runs it alone. */
  rerunJob(run: WorkflowRun, job: JobRecord, by: Account): void {
    const workflow = this.#workflows.get(run);
    if (run.status !== 'completed' || workflow === undefined) throw new Error(`Run ${run.id} cannot be run again`);
    const again = new Set([job.key]);
    for (let before = 0; before !== again.size;) {
      before = again.size;
      for (const { id, needs } of workflow.jobs) if (needs.some((need) => again.has(need))) again.add(id);
    }
    const kept = new Map(
      workflow.jobs.filter(({ id }) => !again.has(id)).map(({ id }) => [id, run.jobs.filter(({ key }) => key === id)]),
    );
    this.#again(run, workflow, kept, by);
  }

  #again(run: WorkflowRun, workflow: Workflow, kept: ReadonlyMap<string, readonly JobRecord[]>, by: Account): void {
    run.attempts.push(newAttempt(this.#github, run.attempt.number + 1, by));
    this.#execute(run, workflow, kept);
  }

  async has(repository: StandInRepository, path: string): Promise<boolean> {
    const listed = await repository.run(['ls-tree', '--name-only', `refs/heads/${repository.defaultBranch}`, path]);
    return listed !== '';
  }

  async dispatch(
    repository: StandInRepository,
    path: string,
    ref: string,
    inputs: Readonly<Record<string, unknown>>,
    by: Account,
  ): Promise<WorkflowRun> {
    const full = await fullRef(repository, ref);
    const sha = full === undefined ? undefined : await repository.resolve(full);
    if (full === undefined || sha === undefined) throw new WorkflowError(`No ref found for: ${ref}`);
    const workflow = await parseWorkflowFile(await repository.run(['show', `${sha}:${path}`]), path);
    if (!workflow.on.filters.has('workflow_dispatch')) {
      throw new WorkflowError("Workflow does not have 'workflow_dispatch' trigger");
    }
    const taken = dispatchInputs(workflow.on.inputs, inputs);
    const texts = Object.fromEntries(Object.entries(taken).map(([name, value]) => [name, String(value)]));
    const payload = { inputs: texts, ref: full, workflow: path, repository: repository.json, sender: by.json };
    return this.#begin(
      repository,
      workflow,
      plain('workflow_dispatch', repository, payload, by, full, sha),
      undefined,
      taken,
    );
  }

  /** Lets a time of a schedule come: starts what the default branch has for this `cron`. */
  async schedule(repository: StandInRepository, cron: string): Promise<void> {
    await this.#next(async () => {
      for (const started of await scheduled(repository, cron)) await this.#start(repository, started);
    });
  }

  #next(work: () => Promise<void>): Promise<void> {
    const next = this.#taking.then(work);
    // The next event is taken whatever became of this one; the one who emitted it hears of an error.
    this.#taking = next.catch(() => undefined);
    return next;
  }

  async #happened(event: GitHubEvent): Promise<void> {
    for (const started of await occurrencesOf(event)) await this.#start(event.repository, started);
  }

  async #start(repository: StandInRepository, { occurrence, origin, title }: Started): Promise<void> {
    const listed = await repository.run(['ls-tree', '--name-only', '-z', origin.workflowSha, '.github/workflows/']);
    for (const path of listed.split('\0').filter((name) => /\.ya?ml$/.test(name))) {
      const contents = await repository.run(['show', `${origin.workflowSha}:${path}`]);
      try {
        const workflow = await parseWorkflowFile(contents, path);
        if (!(await starts(workflow.on, occurrence))) continue;
        await this.#begin(repository, workflow, origin, title, {});
      } catch (error) {
        if (!(error instanceof WorkflowError)) throw error;
        this.fileProblems.add(error.message);
        // GitHub shows a file that it cannot read as a run that failed to start.
        if (occurrence.event === 'push' || occurrence.event === 'pull_request') {
          await this.#startupFailure(repository, path, workflowName(contents, path), origin);
        }
      }
    }
  }

  async #begin(
    repository: StandInRepository,
    workflow: Workflow,
    origin: RunOrigin,
    title: string | undefined,
    inputs: WorkflowRun['inputs'],
  ): Promise<WorkflowRun> {
    const record = recordOf(repository, workflow.path, workflow.name);
    const run = openRun(repository, { workflow: record, origin, inputs, title, runName: workflow.runName });
    this.#workflows.set(run, workflow);
    const waits = needsApproval(repository, origin);
    if (waits) {
      run.attempt.status = 'completed';
      run.attempt.conclusion = 'action_required';
    }
    // GitHub tells of a run that waits for approval as of one that is over: completed, action_required.
    await tellRun(run, 'requested');
    if (waits) await tellRun(run, 'completed');
    else this.#execute(run, workflow, new Map());
    return run;
  }

  async #startupFailure(repository: StandInRepository, path: string, name: string, origin: RunOrigin): Promise<void> {
    const workflow = recordOf(repository, path, name);
    const run = openRun(repository, { workflow, origin, inputs: {}, title: undefined, runName: undefined });
    run.attempt.status = 'completed';
    run.attempt.conclusion = 'startup_failure';
    await tellRun(run, 'requested');
    await tellRun(run, 'completed');
  }

  #execute(run: WorkflowRun, workflow: Workflow, kept: ReadonlyMap<string, readonly JobRecord[]>): void {
    const groups = this.#groups.get(run.repository) ?? new ConcurrencyGroups();
    this.#groups.set(run.repository, groups);
    const execution = new RunExecution(
      run,
      workflow,
      {
        github: this.#github,
        source: { root: this.#options.touchstone, repository: this.#repository },
        scale: this.#options.scale ?? 1,
        runners: this.runners,
        groups,
        tellRun: (action) => tellRun(run, action),
        tellJob: (job, action) => {
          tellJob(run, job, action);
        },
      },
      kept,
    );
    this.#active.set(run, execution);
    execution
      .execute()
      .catch((error: unknown) => {
        run.problems.push(String(error instanceof Error ? error.stack : error));
        run.attempt.status = 'completed';
        run.attempt.conclusion = 'failure';
      })
      .finally(() => this.#active.delete(run))
      .catch(() => undefined);
  }

  /** Whether nothing goes on, and what waits can be taken by nobody. */
  #isStuck(): boolean {
    const demands = [...this.#active.values()].flatMap((execution) => [...execution.waiting.values()]);
    const isRunning = [...this.#active.keys()].some((run) => run.jobs.some((job) => job.status === 'in_progress'));
    return !isRunning && demands.length > 0 && !demands.some((demand) => this.runners.canServe(demand));
  }
}

/** Jobs of the last attempt that stay as they are: those that succeeded, and need none that did not. */
function keptJobs(run: WorkflowRun, workflow: Workflow): ReadonlyMap<string, readonly JobRecord[]> {
  const kept = new Map<string, readonly JobRecord[]>();
  for (let before = -1; before !== kept.size;) {
    before = kept.size;
    for (const { id, needs } of workflow.jobs) {
      const jobs = run.jobs.filter((job) => job.key === id);
      const isDone = jobs.length > 0 && jobs.every((job) => job.conclusion === 'success');
      if (isDone && needs.every((need) => kept.has(need))) kept.set(id, jobs);
    }
  }
  return kept;
}

/** `owner/repo` of a package's repository. */
function repositoryOf(root: string): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { repository: { url: string } };
  const found = /github\.com\/([^/]+\/[^/]+?)(?:\.git)?$/.exec(manifest.repository.url)?.[1];
  if (found === undefined) throw new Error(`${root}/package.json names no repository on GitHub`);
  return found;
}
