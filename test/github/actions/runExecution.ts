import { concurrencySetting, inTurn } from './concurrencyTurn.ts';
import { demandOf } from './demand.ts';
import { holds, resolve, resolveBoolean, resolveNumber, resolveText } from './expressions.ts';
import { JobExecution } from './jobExecution.ts';
import { gather } from './jobResult.ts';
import { expandMatrix, matrixLabel } from './matrix.ts';
import { githubContext } from './runContext.ts';
import { addJob, beginJob, completeJob } from './runRecords.ts';
import { Slots } from './slots.ts';
import { tokenPermissions } from './tokenPermissions.ts';
import { WorkflowError } from './written.ts';

import type { GitHub } from '../gitHub.ts';
import type { AttemptRecord, Conclusion, JobRecord, Outcome, WorkflowRun } from '../state/actions.ts';
import type { ActionSource } from './actionSource.ts';
import type { ConcurrencyGroups } from './concurrency.ts';
import type { Contexts, Json, Status } from './expressions.ts';
import type { JobResult } from './jobResult.ts';
import type { Combination } from './matrix.ts';
import type { Demand, Runners } from './runners.ts';
import type { JobFile, Workflow } from './workflowFile.ts';

/** What a run is carried out with. */
export type RunSurroundings = {
  readonly github: GitHub;
  readonly source: ActionSource;
  readonly scale: number;
  readonly runners: Runners;
  readonly groups: ConcurrencyGroups;
  /** Tells of a run or a job that is in another state. */
  readonly tellRun: (action: 'in_progress' | 'completed') => Promise<void>;
  readonly tellJob: (job: JobRecord, action: 'queued' | 'in_progress' | 'completed') => void;
};

/** A job that nobody gives a time ends after this long: docs.github.com, "Workflow syntax", timeout-minutes. */
const defaultTimeoutMinutes = 360;

/** Why a job was ended. */
const timeOut = 'its time is over';

/** One attempt at a run: its jobs in the order of their needs. */
export class RunExecution {
  readonly run: WorkflowRun;
  readonly #workflow: Workflow;
  readonly #with: RunSurroundings;
  readonly #attempt: AttemptRecord;
  readonly #results = new Map<string, Promise<JobResult>>();
  /** Results of an earlier attempt that are not asked for again. */
  readonly #kept: ReadonlyMap<string, readonly JobRecord[]>;
  readonly #cancel = new AbortController();
  readonly #live = new Set<() => void>();
  /** Jobs that wait for a runner, and for which. */
  readonly waiting = new Map<JobRecord, Demand>();
  #begun = false;

  constructor(
    run: WorkflowRun,
    workflow: Workflow,
    surroundings: RunSurroundings,
    kept: ReadonlyMap<string, readonly JobRecord[]>,
  ) {
    this.run = run;
    this.#workflow = workflow;
    this.#with = surroundings;
    this.#attempt = run.attempt;
    this.#kept = kept;
  }

  /** Runs all jobs. Resolves when the attempt is over, whatever came of it. */
  async execute(): Promise<void> {
    const concurrency = await this.#guard(() =>
      concurrencySetting(this.#workflow.concurrency, { values: this.#values() }),
    );
    let results: readonly JobResult[] = [];
    if (concurrency !== 'failed') {
      const waiter = {
        cancelled: this.#cancel.signal,
        supersede: () => {
          this.cancel();
        },
        setStatus: (status: 'pending' | 'queued') => {
          this.#attempt.status = status;
        },
      };
      const hadItsTurn = await inTurn(this.#with.groups, concurrency, waiter, async () => {
        this.#attempt.status = 'queued';
        for (const file of this.#workflow.jobs) this.#results.set(file.id, this.#start(file));
        results = await Promise.all(this.#results.values());
      });
      if (!hadItsTurn) this.#cancel.abort();
    }
    this.#finish(concurrency === 'failed' ? 'startup_failure' : this.#conclusion(results));
    await this.#with.tellRun('completed');
  }

  /** Ends it, as far as the conditions of its jobs and steps let it. */
  cancel(): void {
    if (this.#cancel.signal.aborted) return;
    this.#cancel.abort();
    for (const cancel of [...this.#live]) cancel();
  }

  #finish(conclusion: Conclusion): void {
    this.#attempt.status = 'completed';
    this.#attempt.conclusion = conclusion;
    this.#attempt.updatedAt = this.#with.github.time();
  }

  #conclusion(results: readonly JobResult[]): Conclusion {
    // A job that may fail has been counted as a success.
    if (this.#cancel.signal.aborted) return 'cancelled';
    const has = (result: Outcome): boolean => results.some((each) => each.result === result);
    if (has('failure')) return 'failure';
    if (has('cancelled')) return 'cancelled';
    return results.every((each) => each.result === 'skipped') ? 'skipped' : 'success';
  }

  async #start(file: JobFile): Promise<JobResult> {
    // Jobs start in the next turn, when all of them are known.
    await Promise.resolve();
    const needs = await Promise.all(
      file.needs.map(async (id): Promise<[string, JobResult]> => [id, await this.#resultOf(id)]),
    );
    const kept = this.#kept.get(file.id);
    if (kept !== undefined) {
      this.#attempt.jobs.push(...kept);
      return gather(kept);
    }
    const values = this.#values(
      Object.fromEntries(needs.map(([id, { result, outputs }]) => [id, { result, outputs }])),
    );
    const jobs = await this.#guard(async () => {
      const ancestors = await Promise.all([...this.#ancestors(file)].map((id) => this.#resultOf(id)));
      if (!holds(file.if, { values, status: this.#status(ancestors) }))
        return [this.#record(file, values, undefined, 'skipped')];
      return Promise.all(this.#instances(file, values));
    });
    if (jobs === 'failed') return gather([this.#record(file, values, undefined, 'failure')]);
    return gather(jobs);
  }

  /** One job, or one for each combination of its matrix. */
  #instances(file: JobFile, values: Contexts['values']): readonly Promise<JobRecord>[] {
    if (file.matrix === undefined)
      return [this.#job(file, { ...values, strategy: strategy(0, 1, true, 1), matrix: null }, {}, undefined)];
    const combinations = expandMatrix(resolve(file.matrix, { values }));
    const failFast = resolveBoolean(file.failFast, { values }, 'strategy.fail-fast') ?? true;
    const most = resolveNumber(file.maxParallel, { values }, 'strategy.max-parallel') ?? combinations.length;
    const stop = new AbortController();
    const slots = new Slots(most);
    return combinations.map((matrix, at) => {
      const own = { ...values, matrix, strategy: strategy(at, combinations.length, failFast, most) };
      return this.#job(file, own, matrix, {
        stop: stop.signal,
        slots,
        failed: () => {
          if (failFast) stop.abort();
        },
      });
    });
  }

  async #job(
    file: JobFile,
    values: Contexts['values'],
    matrix: Combination,
    siblings: { readonly stop: AbortSignal; readonly slots: Slots; readonly failed: () => void } | undefined,
  ): Promise<JobRecord> {
    const record = this.#record(file, values, matrix, undefined);
    const stop = new AbortController();
    const cancel = (): void => {
      stop.abort();
    };
    const onRunCancelled = (): void => {
      // A running job goes on where its condition holds for a cancelled run too.
      const isKept =
        record.status === 'in_progress' &&
        holds(file.if, { values, status: { success: false, failure: false, cancelled: true } });
      if (!isKept) cancel();
    };
    this.#live.add(onRunCancelled);
    siblings?.stop.addEventListener('abort', cancel);
    try {
      const outcome = await this.#guard(async () => {
        record.continueOnError = resolveBoolean(file.continueOnError, { values }, 'continue-on-error') ?? false;
        const concurrency = concurrencySetting(file.concurrency, { values });
        const setStatus = (status: 'pending' | 'queued'): void => {
          record.status = status;
        };
        if (siblings !== undefined && !(await siblings.slots.take(stop.signal))) return 'cancelled';
        try {
          let reached: Outcome = 'cancelled';
          const waiter = { cancelled: stop.signal, supersede: cancel, setStatus };
          await inTurn(this.#with.groups, concurrency, waiter, async () => {
            reached = await this.#onMachine(file, record, values, stop);
          });
          return reached;
        } finally {
          siblings?.slots.free();
        }
      });
      this.#complete(record, outcome === 'failed' ? 'failure' : outcome);
      if (record.conclusion === 'failure' && !record.continueOnError) siblings?.failed();
    } finally {
      this.#live.delete(onRunCancelled);
      siblings?.stop.removeEventListener('abort', cancel);
    }
    return record;
  }

  async #onMachine(
    file: JobFile,
    record: JobRecord,
    values: Contexts['values'],
    stop: AbortController,
  ): Promise<Outcome> {
    const { github, runners, source, scale } = this.#with;
    record.status = 'queued';
    const demand = demandOf(file, { values });
    this.#with.tellJob(record, 'queued');
    this.waiting.set(record, demand);
    const machine = await runners.acquire(demand, stop.signal);
    this.waiting.delete(record);
    if (machine === undefined) return 'cancelled';
    const { origin, repository } = this.run;
    const permissions = tokenPermissions(
      file.permissions,
      this.#workflow.permissions,
      repository.settings.token.default_workflow_permissions,
      origin.isUntrusted,
    );
    const token = github.token({ workflowOf: repository, permissions });
    const minutes = resolveNumber(file.timeoutMinutes, { values }, 'timeout-minutes') ?? defaultTimeoutMinutes;
    const timer = setTimeout(
      () => {
        stop.abort(timeOut);
      },
      Math.min(minutes * 60_000 * scale, 2 ** 31 - 1),
    );
    try {
      record.runner = { id: machine.id, name: machine.options.name };
      beginJob(this.run, record);
      await this.#begin();
      this.#with.tellJob(record, 'in_progress');
      const secrets = origin.isUntrusted ? {} : Object.fromEntries(repository.actions.secrets);
      const outcome = await new JobExecution({
        ...{ github, source, scale, run: this.run, workflow: this.#workflow, file, record, machine, token, secrets },
        values: { ...values, github: { ...(values['github'] as Record<string, Json>), job: file.id } },
        cancelled: stop.signal,
      }).run();
      if (stop.signal.reason === timeOut) {
        record.steps.at(-1)?.annotations.push({
          level: 'error',
          message: `The job running on runner ${machine.options.name} has exceeded the maximum execution time of ${minutes} minutes.`,
        });
      }
      return outcome;
    } finally {
      clearTimeout(timer);
      github.revoke(token);
      await runners.release(machine);
    }
  }

  async #begin(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    this.#attempt.status = 'in_progress';
    this.#attempt.updatedAt = this.#with.github.time();
    await this.#with.tellRun('in_progress');
  }

  #record(
    file: JobFile,
    values: Contexts['values'],
    matrix: Combination | undefined,
    conclusion: Outcome | undefined,
  ): JobRecord {
    const label = matrix === undefined ? '' : matrixLabel(matrix);
    // A job that did not come to its matrix goes by the name as it is written.
    const named = matrix === undefined ? undefined : resolveText(file.name, { values }, `jobs.${file.id}.name`);
    const fallback = label === '' ? file.id : `${file.id} (${label})`;
    const name = named ?? (typeof file.name === 'string' ? file.name : fallback);
    const labels = matrix === undefined ? [] : demandOf(file, { values }).labels;
    const record = addJob(this.run, this.#attempt, { key: file.id, name, labels });
    if (conclusion !== undefined) this.#complete(record, conclusion);
    return record;
  }

  #complete(record: JobRecord, conclusion: Outcome): void {
    completeJob(this.run, record, conclusion);
    this.#with.tellJob(record, 'completed');
  }

  #resultOf(id: string): Promise<JobResult> {
    const result = this.#results.get(id);
    if (result === undefined) throw new WorkflowError(`${this.run.path}: no job ${id}`);
    return result;
  }

  #ancestors(file: JobFile, found = new Set<string>()): ReadonlySet<string> {
    for (const id of file.needs) {
      found.add(id);
      const needed = this.#workflow.jobs.find((job) => job.id === id);
      if (needed !== undefined) this.#ancestors(needed, found);
    }
    return found;
  }

  #status(ancestors: readonly JobResult[]): Status {
    const cancelled = this.#cancel.signal.aborted;
    return {
      success: !cancelled && ancestors.every(({ result }) => result === 'success'),
      failure: !cancelled && ancestors.some(({ result }) => result === 'failure'),
      cancelled,
    };
  }

  /** What the file gets wrong when it is evaluated ends the job, and is a problem of the run. */
  async #guard<Value>(work: () => Value | Promise<Value>): Promise<Value | 'failed'> {
    try {
      return await work();
    } catch (error) {
      this.run.problems.push(
        `${this.run.path}: ${error instanceof WorkflowError ? error.message : String((error as Error).stack)}`,
      );
      return 'failed';
    }
  }

  /** The contexts of a job before it has a machine. */
  #values(needs: Json = {}): Contexts['values'] {
    return {
      github: githubContext(this.run, this.#attempt, this.#with.github),
      needs,
      inputs: this.run.inputs,
      vars: Object.fromEntries(this.run.repository.actions.variables),
    };
  }
}

function strategy(index: number, total: number, failFast: boolean, most: number): Json {
  return { 'fail-fast': failFast, 'job-index': index, 'job-total': total, 'max-parallel': most };
}
