import type { Actor } from '../actor.ts';
import type { Json } from '../route.ts';
import { type Account, nodeId } from './account.ts';
import type { App } from './app.ts';
import { eventCommit, readCommit } from './commits.ts';
import { asPerson } from './person.ts';
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

/** A button below a check. */
export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
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
  readonly actions?: readonly CheckAction[];
}

/** What an App says of a commit under a name. */
export class CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  readonly annotations: Annotation[] = [];
  /** Its buttons. No answer of GitHub's has them. */
  actions: readonly CheckAction[] = [];
  startedAt: string;
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

  /**
   * Annotations are added to those that are there, as GitHub does. A status other than completed resets what a completed one
   * had come to; `conclusion: null` is refused by GitHub, so there is no other way. GitHub does not say what becomes of the
   * buttons where an update has no `actions`: they stay here, as every other field does, and `[]` takes them away.
   */
  change(change: CheckChange, now: string): void {
    this.name = change.name ?? this.name;
    this.detailsUrl = change.details_url ?? this.detailsUrl;
    this.externalId = change.external_id ?? this.externalId;
    this.startedAt = change.started_at ?? this.startedAt;
    this.actions = change.actions ?? this.actions;
    this.status = change.status ?? this.status;
    this.suite.isRerequested = false;
    if (this.status !== 'completed') [this.conclusion, this.completedAt] = [null, null];
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
  readonly createdAt: string;
  /** Somebody asked for all of it once more, and no check has been changed since. */
  isRerequested = false;

  constructor(repository: StandInRepository, app: App, sha: string) {
    this.id = repository.github.nextId('check suite');
    this.createdAt = repository.github.time();
    this.repository = repository;
    this.app = app;
    this.sha = sha;
  }

  /** Of each name the newest. */
  get latest(): readonly CheckRun[] {
    return this.runs.filter((run, at) => !this.runs.slice(at + 1).some(({ name }) => name === run.name));
  }

  get status(): CheckStatus {
    const { latest } = this;
    if (this.isRerequested || latest.every(({ status }) => status === 'queued')) return 'queued';
    return latest.every(({ status }) => status === 'completed') ? 'completed' : 'in_progress';
  }

  get conclusion(): CheckConclusion | null {
    if (this.status !== 'completed') return null;
    return WORST_FIRST.find((each) => this.latest.some(({ conclusion }) => conclusion === each)) ?? null;
  }

  /** `check-suite` in GitHub's description. */
  async json(): Promise<Json> {
    const { repository, sha } = this;
    const url = `${repository.url}/check-suites/${this.id}`;
    const { pulls } = repository;
    return {
      id: this.id,
      node_id: nodeId('CS', this.id),
      head_branch: pulls.all.find(({ headSha }) => headSha === sha)?.head.ref ?? null,
      head_sha: sha,
      status: this.status,
      conclusion: this.conclusion,
      url,
      before: null,
      after: sha,
      pull_requests: repository.checks.pullsOf(sha),
      app: this.app.json,
      repository: repository.json,
      created_at: this.createdAt,
      updated_at: this.createdAt,
      head_commit: eventCommit(await readCommit(repository, sha)),
      latest_check_runs_count: this.latest.length,
      check_runs_url: `${url}/check-runs`,
      rerequestable: true,
      runs_rerequestable: true,
    };
  }
}

/** What a suite comes to is the first of these that one of its checks came to. */
const WORST_FIRST: readonly CheckConclusion[] = [
  'failure',
  'timed_out',
  'action_required',
  'cancelled',
  'stale',
  'success',
  'neutral',
  'skipped',
];

/** What Apps say of the commits of one repository. */
export class Checks {
  readonly suites: CheckSuite[] = [];
  readonly #repository: StandInRepository;

  constructor(repository: StandInRepository) {
    this.#repository = repository;
  }

  create(app: App, sha: string, name: string, change: CheckChange, by: Actor): CheckRun {
    const { github } = this.#repository;
    let suite = this.suite(app, sha);
    if (!suite) {
      suite = new CheckSuite(this.#repository, app, sha);
      this.suites.push(suite);
    }
    const run = new CheckRun(suite, name, change.started_at ?? github.time(), github.nextId('check run'));
    suite.runs.push(run);
    run.change(change, github.time());
    this.#tell(run, by, { action: 'created' });
    if (run.status === 'completed') this.#tell(run, by, { action: 'completed' });
    return run;
  }

  /** GitHub tells of a check that an update completes, and of no other update. */
  update(run: CheckRun, change: CheckChange, by: Actor): void {
    run.change(change, this.#repository.github.time());
    if (run.status === 'completed') this.#tell(run, by, { action: 'completed' });
  }

  /** Somebody presses a button below a check; its App alone hears of it. */
  press(run: CheckRun, identifier: string, by: Account): void {
    if (!run.actions.some((action) => action.identifier === identifier)) {
      const there = run.actions.map((action) => action.identifier).join(', ');
      throw new Error(`${run.name} has no button ${identifier}; it has: ${there || 'none'}`);
    }
    const more = { action: 'requested_action', requested_action: { identifier } };
    this.#tell(run, asPerson(by), more, run.suite.app);
  }

  /**
   * Somebody asks for a check once more; its App alone hears of it. The suite is queued again, and the check stays as it is
   * until its App says something else: https://docs.github.com/rest/checks/runs#rerequest-a-check-run
   */
  rerequest(run: CheckRun, by: Actor): void {
    run.suite.isRerequested = true;
    this.#tell(run, by, { action: 'rerequested' }, run.suite.app);
  }

  /** Somebody asks for all checks of an App on a commit once more. */
  async rerequestSuite(suite: CheckSuite, by: Actor): Promise<void> {
    suite.isRerequested = true;
    const check_suite = await suite.json();
    // GitHub's description of this event was written before there were merge groups.
    const events = suite.app.events.filter((event) => event !== 'merge_group');
    const payload = {
      action: 'rerequested',
      check_suite: { ...check_suite, repository: undefined, app: { ...suite.app.json, events } },
    };
    this.#repository.github.emit('check_suite', this.#repository, by, payload, suite.app);
  }

  #tell(run: CheckRun, by: Actor, more: Json, to?: App): void {
    this.#repository.github.emit('check_run', this.#repository, by, { check_run: run.json, ...more }, to);
  }

  /** The checks of an App on a commit. */
  suite(app: App, sha: string): CheckSuite | undefined {
    return this.suites.find((suite) => suite.app === app && suite.sha === sha);
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
