import type { GitHub } from '../gitHub.ts';
import type { Json } from '../route.ts';
import type { Account } from './account.ts';
import type { StandInRepository } from './repository.ts';

export type Status = 'queued' | 'pending' | 'waiting' | 'in_progress' | 'completed';
/** What came of a step or a job. */
export type Outcome = 'success' | 'failure' | 'cancelled' | 'skipped';
/** What came of a run. */
export type Conclusion = Outcome | 'startup_failure' | 'action_required' | 'timed_out';

/** What a step says of a line of a file. */
export interface Annotation {
  readonly level: 'notice' | 'warning' | 'error';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
}

/** A workflow as GitHub knows it: a file that has run, or that the default branch has. */
export interface WorkflowRecord {
  readonly id: number;
  readonly path: string;
  name: string;
  readonly createdAt: string;
}

/** One step of a job, in the order of the log. */
export interface StepRecord {
  readonly number: number;
  readonly name: string;
  readonly id: string | undefined;
  status: 'queued' | 'in_progress' | 'completed';
  /** What came of it, before and after `continue-on-error`. */
  outcome: Outcome | undefined;
  conclusion: Outcome | undefined;
  startedAt: string | undefined;
  completedAt: string | undefined;
  /** Its log, with what is masked hidden. */
  readonly log: string[];
  readonly annotations: Annotation[];
  summary: string;
  outputs: Readonly<Record<string, string>>;
}

/** One job of one attempt. */
export interface JobRecord {
  readonly id: number;
  /** Its key in the workflow file; jobs of one matrix share it. */
  readonly key: string;
  readonly name: string;
  readonly attempt: number;
  readonly labels: readonly string[];
  readonly createdAt: string;
  status: Status;
  conclusion: Outcome | undefined;
  startedAt: string | undefined;
  completedAt: string | undefined;
  runner: { readonly id: number; readonly name: string } | undefined;
  readonly steps: StepRecord[];
  outputs: Readonly<Record<string, string>>;
  /** Whether the run goes on as if it had succeeded. */
  continueOnError: boolean;
}

/** One attempt at a run. */
export interface AttemptRecord {
  readonly number: number;
  readonly triggeringActor: Account;
  readonly startedAt: string;
  status: Status;
  conclusion: Conclusion | undefined;
  updatedAt: string;
  jobs: JobRecord[];
}

/** What starts a run; it stays the same in every attempt. */
export interface RunOrigin {
  readonly event: string;
  readonly payload: Json;
  /** GITHUB_REF and GITHUB_SHA. */
  readonly ref: string;
  readonly sha: string;
  /** Where the workflow file is taken from. */
  readonly workflowSha: string;
  readonly headSha: string;
  readonly headBranch: string;
  readonly headRepository: StandInRepository;
  readonly baseRef: string;
  readonly headRef: string;
  readonly actor: Account;
  /** A fork's or Dependabot's: its token only reads, and it has no secrets. */
  readonly isUntrusted: boolean;
  /** Those that GitHub names with the run: none for a fork. */
  readonly pullRequests: readonly Json[];
}

/** A run of a workflow. */
export class WorkflowRun {
  readonly id: number;
  readonly number: number;
  readonly repository: StandInRepository;
  readonly workflow: WorkflowRecord;
  readonly origin: RunOrigin;
  readonly displayTitle: string;
  readonly createdAt: string;
  readonly inputs: Readonly<Record<string, string | number | boolean>>;
  readonly attempts: AttemptRecord[] = [];
  /** What the file has that the runner cannot carry out. */
  readonly problems: string[] = [];

  constructor(
    made: Pick<
      WorkflowRun,
      'id' | 'number' | 'repository' | 'workflow' | 'origin' | 'displayTitle' | 'createdAt' | 'inputs'
    >,
  ) {
    this.id = made.id;
    this.number = made.number;
    this.repository = made.repository;
    this.workflow = made.workflow;
    this.origin = made.origin;
    this.displayTitle = made.displayTitle;
    this.createdAt = made.createdAt;
    this.inputs = made.inputs;
  }

  /** Name of the workflow that it is a run of. */
  get name(): string {
    return this.workflow.name;
  }

  get path(): string {
    return this.workflow.path;
  }

  /** The latest attempt. */
  get attempt(): AttemptRecord {
    const attempt = this.attempts.at(-1);
    if (attempt === undefined) throw new Error(`Run ${this.id} has no attempt`);
    return attempt;
  }

  get status(): Status {
    return this.attempt.status;
  }

  get conclusion(): Conclusion | undefined {
    return this.attempt.conclusion;
  }

  get jobs(): readonly JobRecord[] {
    return this.attempt.jobs;
  }

  /** The job of the latest attempt that has this name. */
  job(name: string): JobRecord {
    const found = this.jobs.find((job) => job.name === name) ?? this.jobs.find((job) => job.key === name);
    if (found === undefined) {
      throw new Error(`Run ${this.name} has no job ${name}; it has ${this.jobs.map((job) => job.name).join(', ')}`);
    }
    return found;
  }

  /** All that its jobs logged, for a test that failed to show. */
  get log(): string {
    return this.jobs
      .map((job) =>
        [`== ${job.name}: ${job.conclusion ?? job.status}`, ...job.steps.flatMap((step) => step.log)].join('\n'),
      )
      .join('\n');
  }

  get annotations(): readonly Annotation[] {
    return this.jobs.flatMap((job) => job.steps.flatMap((step) => step.annotations));
  }
}

/** A zip that a run left; never changed, and its name is taken for all attempts of the run. */
export interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly run: WorkflowRun;
  readonly zip: Buffer;
  readonly digest: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** What Actions keeps of a repository; how it is set up there is among its settings. */
export class RepositoryActions {
  readonly workflows: WorkflowRecord[] = [];
  readonly runs: WorkflowRun[] = [];
  readonly artifacts: Artifact[] = [];
  readonly secrets = new Map<string, string>();
  readonly variables = new Map<string, string>();

  run(id: number): WorkflowRun | undefined {
    return this.runs.find((run) => run.id === id);
  }

  artifactsOf(run: WorkflowRun): readonly Artifact[] {
    return this.artifacts.filter((artifact) => artifact.run === run);
  }

  remove(artifact: Artifact): void {
    this.artifacts.splice(this.artifacts.indexOf(artifact), 1);
  }
}

/** What the API asks of whoever runs workflows. */
export interface WorkflowEngine {
  /** Whether there is a file to be dispatched. */
  has(repository: StandInRepository, workflow: string): Promise<boolean>;
  approve(run: WorkflowRun, by: Account): void;
  rerun(run: WorkflowRun, jobs: 'all' | 'failed', by: Account): void;
  /** Runs a job once more, and those that need it. */
  rerunJob(run: WorkflowRun, job: JobRecord, by: Account): void;
  cancel(run: WorkflowRun, by: Account): void | Promise<void>;
  dispatch(
    repository: StandInRepository,
    workflow: string,
    ref: string,
    inputs: Readonly<Record<string, unknown>>,
    by: Account,
  ): Promise<WorkflowRun>;
}

/** Who runs the workflows of a stand-in. */
export const engines = new WeakMap<GitHub, WorkflowEngine>();
