import type { Actor } from '../actor.ts';
import type { Json } from '../route.ts';
import { nodeId } from './account.ts';
import type { App } from './app.ts';
import type { StandInRepository } from './repository.ts';

// GitHub's are past what 32 bits hold.
const FIRST_CHECK_RUN = 40_000_000_000;

export type CheckStatus = 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending';
export type CheckConclusion =
  'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required' | 'stale';

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: string;
  readonly message: string;
  readonly title?: string;
  readonly raw_details?: string;
}

export interface CheckChange {
  readonly name?: string;
  readonly details_url?: string;
  readonly external_id?: string;
  readonly status?: CheckStatus;
  readonly started_at?: string;
  readonly conclusion?: CheckConclusion;
  readonly completed_at?: string;
  readonly output?: {
    readonly title?: string;
    readonly summary: string;
    readonly text?: string;
    readonly annotations?: readonly Annotation[];
  };
}

/** What an App says of a commit under a name. */
export class CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  readonly startedAt: string;
  readonly annotations: Annotation[] = [];
  name: string;
  detailsUrl: string;
  externalId = '';
  status: CheckStatus = 'queued';
  conclusion: CheckConclusion | null = null;
  completedAt: string | null = null;
  output: { title: string | null; summary: string | null; text: string | null } = {
    title: null,
    summary: null,
    text: null,
  };

  constructor(suite: CheckSuite, name: string, startedAt: string, number: number) {
    this.suite = suite;
    this.id = FIRST_CHECK_RUN + number;
    this.name = name;
    this.startedAt = startedAt;
    this.detailsUrl = `${suite.repository.github.url}/apps/${suite.app.slug}`;
  }

  get htmlUrl(): string {
    return `${this.suite.repository.htmlUrl}/runs/${this.id}`;
  }

  /** Annotations are added to those that are there, as GitHub does. */
  change(change: CheckChange, now: string): void {
    this.name = change.name ?? this.name;
    this.detailsUrl = change.details_url ?? this.detailsUrl;
    this.externalId = change.external_id ?? this.externalId;
    this.status = change.status ?? this.status;
    if (change.conclusion) {
      this.conclusion = change.conclusion;
      this.status = 'completed';
    }
    if (this.status === 'completed') this.completedAt = change.completed_at ?? this.completedAt ?? now;
    const { output } = change;
    if (!output) return;
    this.output = {
      title: output.title ?? this.output.title,
      summary: output.summary,
      text: output.text ?? this.output.text,
    };
    this.annotations.push(...(output.annotations ?? []));
  }

  /** `check-run` in GitHub's description. */
  get json(): Json {
    const { suite } = this;
    const url = `${suite.repository.url}/check-runs/${this.id}`;
    return {
      id: this.id,
      node_id: nodeId('CR', this.id),
      head_sha: suite.sha,
      external_id: this.externalId,
      url,
      html_url: this.htmlUrl,
      details_url: this.detailsUrl,
      status: this.status,
      conclusion: this.conclusion,
      started_at: this.startedAt,
      completed_at: this.completedAt,
      output: {
        ...this.output,
        annotations_count: this.annotations.length,
        annotations_url: `${url}/annotations`,
      },
      name: this.name,
      check_suite: { id: suite.id },
      app: suite.app.json,
      pull_requests: suite.repository.checks.pullsOf(suite.sha),
    };
  }
}

/** The checks of one App on one commit. */
export class CheckSuite {
  readonly id: number;
  readonly repository: StandInRepository;
  readonly app: App;
  readonly sha: string;
  readonly runs: CheckRun[] = [];

  constructor(repository: StandInRepository, app: App, sha: string) {
    this.id = repository.github.nextId('check suite');
    this.repository = repository;
    this.app = app;
    this.sha = sha;
  }

  /** Of each name the newest. */
  get latest(): readonly CheckRun[] {
    return this.runs.filter((run, at) => !this.runs.slice(at + 1).some(({ name }) => name === run.name));
  }
}

/** What Apps say of the commits of one repository. */
export class Checks {
  readonly suites: CheckSuite[] = [];
  readonly #repository: StandInRepository;

  constructor(repository: StandInRepository) {
    this.#repository = repository;
  }

  create(app: App, sha: string, name: string, change: CheckChange, by: Actor): CheckRun {
    const { github } = this.#repository;
    let suite = this.suites.find((each) => each.app === app && each.sha === sha);
    if (!suite) {
      suite = new CheckSuite(this.#repository, app, sha);
      this.suites.push(suite);
    }
    const run = new CheckRun(suite, name, change.started_at ?? github.time(), github.nextId('check run'));
    suite.runs.push(run);
    run.change(change, github.time());
    github.emit('check_run', this.#repository, by, { action: 'created', check_run: run.json });
    return run;
  }

  find(id: number): CheckRun | undefined {
    return this.suites.flatMap(({ runs }) => runs).find((run) => run.id === id);
  }

  of(sha: string, filter: 'latest' | 'all' = 'latest'): readonly CheckRun[] {
    const suites = this.suites.filter((suite) => suite.sha === sha);
    return suites.flatMap((suite) => (filter === 'all' ? suite.runs : suite.latest)).toReversed();
  }

  /** The open pull requests of this repository's own branches with this head; of a fork's GitHub tells none. */
  pullsOf(sha: string): readonly Json[] {
    const { pulls } = this.#repository;
    const own = pulls.all.filter(
      ({ state, headSha, head }) => state === 'open' && headSha === sha && head.repository === this.#repository,
    );
    const { id, url, name } = this.#repository;
    const repo = { id, url, name };
    return own.map((pull) => ({
      id: pull.id,
      number: pull.number,
      url: pull.url,
      head: { ref: pull.head.ref, sha: pull.headSha, repo },
      base: { ref: pull.base.ref, sha: pull.base.sha, repo },
    }));
  }
}
