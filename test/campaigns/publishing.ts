import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { openGitHub } from '../../src/adapters/github/gitHubClient.ts';
import { GitHubStore } from '../../src/adapters/githubStore/githubStore.ts';
import { parseCommitSha } from '../../src/identity/git.ts';
import { ANSWER_FILE, parseRecordedAnswer, type RecordedAnswer } from '../../src/pullRequest/answerDocument.ts';
import { parseMarker } from '../../src/pullRequest/commentMarker.ts';
import type { JudgedSection } from '../../src/pullRequest/headJudgement.ts';
import { formatHeadJudgement } from '../../src/pullRequest/headJudgementDocument.ts';
import { PULL_REQUEST_WORKFLOW } from '../../src/pullRequest/identifyRun.ts';
import type { Parsed } from '../../src/registry/document.ts';
import { openRegistry } from '../../src/registry/layout.ts';
import { PUBLISHING } from '../commands/publishWorld.ts';
import { GitHub } from '../github/gitHub.ts';
import type { Comment } from '../github/state/issues.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import type { StandInRepository } from '../github/state/repository.ts';
import { headJudgement, REPOSITORY } from '../pullRequest/heads.ts';

const DIST = path.resolve(import.meta.dirname, '../../dist');

const CONFIG = `version: 1
registry: github:
models:
  digits:
    task: multiclass
    target: digit
    data: { train: digits.csv, split: { holdout: 20% } }
    gates:
      - { metric: accuracy, maxRegression: 0.02 }
`;
const TRAINED = 101;

/** How a publishing job ended. */
export interface Published {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly log: string;
  readonly reason: string;
  /** What it left for the App, where it left anything. */
  readonly answer?: Parsed<RecordedAnswer>;
}

/** A job that publishes: by which run, in which attempt, of which head. */
export interface Job {
  readonly run?: number;
  readonly attempt?: number;
  /** The pull request's, unless told. */
  readonly head?: string;
  readonly section?: JudgedSection;
  /** How the judging job ended; it leaves a judgement where it ended well. */
  readonly judged?: 'success' | 'failure';
  /** The job itself, unless told. */
  readonly answeredBy?: 'job' | 'app';
  /** What the run that trained was for: a pull request, unless told. */
  readonly event?: 'pull_request' | 'merge_group';
}

/** A pull request whose head was judged, on a GitHub with a registry, and the bundle that publishes. */
export class Publishing {
  readonly github: GitHub;
  readonly repository: StandInRepository;
  readonly pull: PullRequest;
  readonly head: string;
  readonly #folder: string;
  readonly #token: string;
  readonly #begun: string;
  readonly #base: string;
  #jobs = 0;

  static async begin(): Promise<Publishing> {
    const github = await GitHub.start();
    const owner = github.createUser('octocat');
    const repository = await github.createRepository('churn', { owner });
    const base = await repository.commit('main', { 'touchstone.yml': CONFIG });
    const head = await repository.commit('topic', { 'train.py': 'train()' });
    const pull = await repository.pulls.open({
      title: 'Train longer',
      head: { repository, ref: 'topic', sha: head },
      base: { ref: 'main', sha: base },
      by: { kind: 'user', account: owner, token: '' },
    });
    const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'touchstone-publishing-')));
    for (const name of ['checkout', 'temporary', 'tools']) await mkdir(path.join(folder, name));
    // A copy: what is built meanwhile changes nothing here.
    await cp(DIST, path.join(folder, 'dist'), { recursive: true });
    await writeFile(path.join(folder, 'checkout', 'touchstone.yml'), CONFIG);
    const token = github.token({ workflowOf: repository, permissions: PUBLISHING });
    github.leave(token, 1_000_000);
    await openRegistry(storeOf(github, token), 'write');
    const begun = await repository.run(['rev-parse', 'refs/heads/touchstone']);
    return new Publishing({ github, repository, pull, head, folder, token, begun, base });
  }

  private constructor(made: {
    readonly github: GitHub;
    readonly repository: StandInRepository;
    readonly pull: PullRequest;
    readonly head: string;
    readonly folder: string;
    readonly token: string;
    readonly begun: string;
    readonly base: string;
  }) {
    this.github = made.github;
    this.repository = made.repository;
    this.pull = made.pull;
    this.head = made.head;
    this.#folder = made.folder;
    this.#token = made.token;
    this.#begun = made.begun;
    this.#base = made.base;
  }

  async close(): Promise<void> {
    await this.github.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** As if nobody had published yet. */
  async reset(): Promise<void> {
    const { faults, requests } = this.github;
    faults.clear();
    requests.length = 0;
    await this.repository.run(['update-ref', 'refs/heads/touchstone', this.#begun]);
    this.repository.issues.comments.length = 0;
    this.repository.checks.suites.length = 0;
  }

  /** The registry as anybody reads it. */
  get store(): GitHubStore {
    return storeOf(this.github, this.#token);
  }

  /** Runs the publishing job to its end, or until it is killed. */
  async publish(section: JudgedSection, job: Job = {}, killed: Killed = {}): Promise<Published> {
    const { run = 201, attempt = 1, head = this.head, judged = 'success', answeredBy = 'job' } = job;
    this.#jobs += 1;
    const own = path.join(this.#folder, `job-${this.#jobs}`);
    await mkdir(own);
    const judgement = headJudgement(
      { kind: 'models', sections: [job.section ?? section] },
      { head: parseCommitSha(head), trained: { id: TRAINED, attempt: 1 } },
    );
    if (judged === 'success') await writeFile(path.join(own, 'judgement.json'), formatHeadJudgement(judgement));
    await writeFile(
      path.join(own, 'event.json'),
      JSON.stringify({ repository: this.repository.json, workflow_run: this.#trained(head, job.event) }),
    );
    await writeFile(path.join(own, 'output'), '');
    const child = execa(process.execPath, [path.join(this.#folder, 'dist', 'action-publish.js')], {
      cwd: path.join(this.#folder, 'checkout'),
      reject: false,
      all: true,
      extendEnv: false,
      env: {
        PATH: process.env['PATH'],
        HOME: own,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: this.github.apiUrl,
        GITHUB_EVENT_NAME: 'workflow_run',
        GITHUB_EVENT_PATH: path.join(own, 'event.json'),
        GITHUB_JOB: 'publish',
        GITHUB_REF: 'refs/heads/main',
        GITHUB_REPOSITORY: REPOSITORY,
        GITHUB_RUN_ATTEMPT: String(attempt),
        GITHUB_RUN_ID: String(run),
        GITHUB_SERVER_URL: this.github.url,
        GITHUB_SHA: this.#base,
        GITHUB_OUTPUT: path.join(own, 'output'),
        RUNNER_TEMP: path.join(this.#folder, 'temporary'),
        RUNNER_TOOL_CACHE: path.join(this.#folder, 'tools'),
        'INPUT_ANSWERED-BY': answeredBy,
        INPUT_CONFIG: '',
        INPUT_JUDGED: judged,
        INPUT_JUDGEMENT: own,
        INPUT_RUN: String(TRAINED),
        INPUT_TOKEN: this.#token,
      },
    });
    const stop = killed.when?.(() => child.kill('SIGKILL'));
    const { exitCode, signal, all } = await child;
    stop?.();
    const output = await readFile(path.join(own, 'output'), 'utf8');
    await rm(own, { recursive: true });
    const [, reason = ''] = /^reason_code<<(?:\S+)\n(.*)\n/m.exec(output) ?? [];
    const [, folder = ''] = /^answer<<(?:\S+)\n(.*)\n/m.exec(output) ?? [];
    return {
      ...{ exitCode, signal, log: all, reason },
      ...(folder.startsWith(path.join(this.#folder, 'temporary')) && {
        answer: parseRecordedAnswer(await readFile(path.join(folder, ANSWER_FILE))),
      }),
    };
  }

  /** The comments that tell how the pull request stands; of these there is one. */
  get sticky(): readonly Comment[] {
    return this.comments.filter(({ body }) => parseMarker(body) !== undefined);
  }

  get comments(): readonly Comment[] {
    return this.repository.issues.commentsOf(this.pull.number);
  }

  /** What whoever looks at a commit sees, and what a merge is decided by. */
  shownCheck(head = this.head): readonly [conclusion: string | null, title: string | null] | undefined {
    const [check] = this.repository.checks.of(head, 'latest');
    return check && [check.conclusion, check.output.title];
  }

  /** How many checks of one name there are on a commit, those included that nobody sees. */
  countChecks(head = this.head): number {
    return this.repository.checks.of(head, 'all').length;
  }

  /** What is on record: verdicts, and looks at holdouts. */
  async onRecord(): Promise<{ readonly verdicts: number; readonly looks: number }> {
    const listed = await this.repository.run([
      ...['ls-tree', '-r', '--name-only', 'refs/heads/touchstone', '--', 'verdicts'],
    ]);
    const files = listed.split('\n').filter((name) => name.endsWith('.json'));
    const looks = files.filter((name) => name.includes('/looks/')).length;
    return { verdicts: files.length - looks, looks };
  }

  /** The run that trained, as the event tells of it. */
  #trained(head: string, event = 'pull_request'): object {
    return {
      id: TRAINED,
      run_attempt: 1,
      path: PULL_REQUEST_WORKFLOW,
      event,
      head_sha: head,
      head_branch: 'topic',
      repository: { full_name: REPOSITORY },
      head_repository: { full_name: REPOSITORY },
      status: 'completed',
      conclusion: 'success',
      html_url: `${this.github.url}/${REPOSITORY}/actions/runs/${TRAINED}`,
      created_at: this.github.time(),
    };
  }
}

/** When a job is killed: begins to wait for it, and answers how to stop waiting. */
export interface Killed {
  readonly when?: (kill: () => void) => () => void;
}

function storeOf(github: GitHub, token: string): GitHubStore {
  return new GitHubStore({
    client: openGitHub({ baseUrl: github.apiUrl, msPerSecond: 1, token }),
    repository: REPOSITORY,
    hasToken: true,
    pause: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds)),
  });
}
