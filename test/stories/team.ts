import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { pythonWith } from '../../examples/digits/pythonWith.ts';
import type { AnsweredBy } from '../../src/pullRequest/judgingWorkflow.ts';
import { installApp, startApp, stopApp, type AppInstance } from '../app/installedApp.ts';
import { Actions } from '../github/actions/actions.ts';
import { GitHub } from '../github/gitHub.ts';
import type { Permissions } from '../github/route.ts';
import type { Account } from '../github/state/account.ts';
import type { WorkflowRun } from '../github/state/actions.ts';
import type { FileChanges } from '../github/state/importCommit.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import type { StandInRepository } from '../github/state/repository.ts';
import { fillToolCache } from '../fakes/toolCache.ts';
import { workflows } from './shippedWorkflows.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const EXAMPLE = path.join(ROOT, 'examples/digits');
const CACHE = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(process.env['HOME'] ?? tmpdir(), '.cache'));

/** Who may answer: the stories are the same. */
export const ANSWERERS: readonly AnsweredBy[] = ['job', 'app'];

/** The author of checks and comments. */
const ACCOUNTS: { readonly [by in AnsweredBy]: string } = { job: 'github-actions', app: 'touchstone' };

export interface TeamOptions {
  /** The job `publish` where nothing is said. */
  readonly answeredBy?: AnsweredBy;
}

/** What the check of a head says. */
export interface ShownCheck {
  /** `null` while it is not over. */
  readonly conclusion: string | null;
  readonly title: string;
  readonly summary: string;
  readonly text: string;
}

export interface ShownComment {
  readonly id: number;
  readonly body: string;
  readonly author: string;
  readonly minimised: boolean;
}

/** A team on GitHub with the digits example: everything is real but GitHub itself. */
export class Team {
  readonly github: GitHub;
  readonly actions: Actions;
  readonly repository: StandInRepository;
  readonly owner: Account;
  /** Writes pull requests, and cannot merge into a protected branch. */
  readonly author: Account;
  readonly answeredBy: AnsweredBy;
  #app: AppInstance | undefined;
  readonly #logged: string[] = [];

  private constructor(
    github: GitHub,
    actions: Actions,
    repository: StandInRepository,
    author: Account,
    answeredBy: AnsweredBy,
  ) {
    this.github = github;
    this.actions = actions;
    this.repository = repository;
    this.owner = repository.owner;
    this.author = author;
    this.answeredBy = answeredBy;
  }

  /** The example with the workflows on the default branch; files given replace, add to or (null) take from it. */
  static async open(files: FileChanges = {}, { answeredBy = 'job' }: TeamOptions = {}): Promise<Team> {
    return Team.with({ ...(await exampleFiles()), ...(await workflows(answeredBy)), ...files }, { answeredBy });
  }

  /** A team whose default branch holds these files and no others. */
  static async with(files: FileChanges, { answeredBy = 'job' }: TeamOptions = {}): Promise<Team> {
    const github = await GitHub.start();
    // Machines share nothing: what a pull request does to the one that trains is not done to the one that judges.
    const [toolCache, ofTrainer] = [path.join(github.folder, 'tools'), path.join(github.folder, 'trainer-tools')];
    await Promise.all([toolCache, ofTrainer].map((folder) => fillToolCache(folder)));
    const owner = github.createUser('ada');
    const author = github.createUser('grace');
    const repository = await github.createRepository('digits', { owner });
    repository.allow(author, 'write');
    // Environments for Python are shared with all tests: what they hold is known by its digest.
    const env = { XDG_CACHE_HOME: CACHE };
    const actions = new Actions(github, {
      touchstone: ROOT,
      runners: [
        { name: 'hosted', labels: ['ubuntu-latest'], kind: 'hosted', toolCache, env },
        {
          name: 'trainer',
          labels: ['self-hosted', 'linux', 'x64', 'gpu'],
          kind: 'self-hosted',
          toolCache: ofTrainer,
          env,
        },
      ],
    });
    await repository.commit('main', files, { message: 'Begin' });
    const team = new Team(github, actions, repository, author, answeredBy);
    if (answeredBy === 'app') await team.#install();
    return team;
  }

  async #install(): Promise<void> {
    const { app, port } = await installApp(this.github, this.owner);
    this.#app = await startApp(this.github, app, {
      ...{ port, answerWithinMs: 60_000 },
      onLog: (line) => this.#logged.push(line),
    });
  }

  /** Fails where the App could not do something, though it may have done it later. */
  async close(): Promise<void> {
    if (this.#app !== undefined) await stopApp(this.#app);
    await this.github.close();
    const failures = this.#logged.filter((line) => line.includes('"retryMs"'));
    if (failures.length > 0) throw new Error(`The App failed:\n${failures.join('\n')}`);
  }

  /** Runs the built command line in a clone of the default branch, as a maintainer would. */
  async touchstone(...args: readonly string[]): Promise<string> {
    const clone = await mkdtemp(path.join(tmpdir(), 'clone-'));
    try {
      await execa('git', ['clone', '--quiet', this.repository.git, clone]);
      const commands = args.join(' ').split(' && ');
      let said = '';
      for (const command of commands) {
        const { stdout } = await execa(
          process.execPath,
          [path.join(ROOT, 'dist/touchstone.js'), ...command.split(' ')],
          {
            cwd: clone,
            env: {
              GITHUB_API_URL: this.github.apiUrl,
              GITHUB_SERVER_URL: this.github.url,
              GITHUB_REPOSITORY: this.repository.fullName,
              GITHUB_TOKEN: this.github.token({ user: this.owner }),
              CI: '',
            },
          },
        );
        said = stdout;
      }
      return said;
    } finally {
      await rm(clone, { recursive: true, force: true });
    }
  }

  /** Trains, registers and promotes what the default branch holds. */
  async serve(model = 'digits'): Promise<void> {
    await this.touchstone(`run && register --reason begin && promote ${model}@v1 --reason begin`);
  }

  /** Pushes files to a branch and asks for it to be merged. */
  async propose(
    branch: string,
    files: FileChanges,
    options: { readonly by?: Account; readonly from?: StandInRepository; readonly into?: string } = {},
  ): Promise<PullRequest> {
    const { by = this.author, from = this.repository, into = this.repository.defaultBranch } = options;
    await from.commit(branch, files, { message: `Change ${Object.keys(files).join(', ')}`, author: by });
    const { number } = await this.ask<{ number: number }>(by, 'POST', '/pulls', {
      title: `Try ${branch}`,
      head: from === this.repository ? branch : `${from.owner.login}:${branch}`,
      base: into,
    });
    return this.pull(number);
  }

  /** Pushes more files to the branch of a pull request. */
  async push(pull: PullRequest, files: FileChanges, by = this.author): Promise<string> {
    return pull.head.repository.commit(pull.head.ref, files, { message: 'Try again', author: by });
  }

  /** What the example is made of. */
  example(): Promise<Record<string, string>> {
    return Team.example();
  }

  static example(): Promise<Record<string, string>> {
    return exampleFiles();
  }

  /** Merges a pull request, as its maintainer. */
  async merge({ number }: PullRequest): Promise<void> {
    await this.ask(this.owner, 'PUT', `/pulls/${number}/merge`, {});
    await this.settle();
  }

  /** Puts a pull request into the merge queue; the commit that is asked about. */
  async enqueue(pull: PullRequest): Promise<string> {
    const by = { kind: 'user', account: this.owner, token: '' } as const;
    return (await this.repository.mergeQueue.enqueue(pull, by)).headSha;
  }

  /** Takes out whatever waits to be merged. */
  async emptyQueue(): Promise<void> {
    const by = { kind: 'user', account: this.owner, token: '' } as const;
    const { mergeQueue } = this.repository;
    for (let last = mergeQueue.entries.at(-1); last; last = mergeQueue.entries.at(-1))
      await mergeQueue.remove(last, by);
  }

  pull(number: number): PullRequest {
    const pull = this.repository.pulls.find(number);
    if (pull === undefined) throw new Error(`There is no pull request ${number}`);
    return pull;
  }

  /** Until every workflow is over, and the App has nothing left to do. */
  async settle(): Promise<void> {
    for (let isCalm = false; !isCalm;) {
      const before = this.github.requests.length;
      await this.actions.idle({ timeoutMs: 240_000 });
      if (this.#app === undefined) return;
      await this.#app.idle();
      isCalm = this.github.requests.length === before;
    }
  }

  /** The check that decides over a merge, by whoever answers; undefined where nobody has answered for this head. */
  async check(sha: string): Promise<ShownCheck | undefined> {
    const query = 'check_name=touchstone&filter=latest';
    const found = await this.ask<{
      check_runs: {
        app: { slug: string };
        conclusion: string | null;
        output: { title: string | null; summary: string | null; text: string | null };
      }[];
    }>(this.owner, 'GET', `/commits/${sha}/check-runs?${query}`);
    const run = found.check_runs.find(({ app }) => app.slug === ACCOUNTS[this.answeredBy]);
    if (run === undefined) return undefined;
    const { title, summary, text } = run.output;
    return { conclusion: run.conclusion, title: title ?? '', summary: summary ?? '', text: text ?? '' };
  }

  /** Login of whoever writes the comments of Touchstone. */
  get bot(): string {
    return `${ACCOUNTS[this.answeredBy]}[bot]`;
  }

  /** Writes a comment below a pull request; its number. */
  async comment({ number }: PullRequest, body: string, by = this.owner): Promise<number> {
    return (await this.ask<{ id: number }>(by, 'POST', `/issues/${number}/comments`, { body })).id;
  }

  /** What stands below a pull request, oldest first. */
  comments({ number }: PullRequest): readonly ShownComment[] {
    return this.repository.issues.commentsOf(number).map(({ id, body, author, minimized }) => ({
      id,
      body,
      author: author.login,
      minimised: minimized !== undefined,
    }));
  }

  /** Asks the API of the repository as a person, and takes nothing but success for an answer. */
  async ask<Answer>(by: Account, method: string, rest: string, body?: object): Promise<Answer> {
    const response = await this.request(this.github.token({ user: by }), method, rest, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${rest}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  request(token: string, method: string, rest: string, body?: object): Promise<Response> {
    return fetch(`${this.repository.url}${rest}`, {
      method,
      headers: { authorization: `bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  /** What a job of a workflow may do in this repository. */
  workflowToken(permissions: Permissions): string {
    return this.github.token({ workflowOf: this.repository, permissions });
  }

  /** A file of the default branch. */
  file(name: string): Promise<string> {
    return this.repository.run(['show', `${this.repository.defaultBranch}:${name}`]).then((text) => `${text}\n`);
  }

  /** The configuration of the default branch with other parameters for training. */
  async tuned(params: string): Promise<{ 'touchstone.yml': string }> {
    const written = await this.file('touchstone.yml');
    return { 'touchstone.yml': written.replace(/params: \{.*\}/, `params: { ${params} }`) };
  }

  /** The jobs that ran for the head of a pull request, those that were skipped left out. */
  jobsFor({ headSha }: PullRequest): readonly string[] {
    return this.runs('touchstone-pr')
      .filter(({ origin }) => origin.headSha === headSha)
      .flatMap(({ jobs }) => jobs)
      .filter(({ conclusion }) => conclusion !== 'skipped')
      .map(({ name }) => name);
  }

  /** Does something once a job of a pull request's run is at work. */
  async whileRunning(
    { headSha }: PullRequest,
    job: string,
    act: (run: WorkflowRun) => void | Promise<void>,
  ): Promise<void> {
    const running = (): WorkflowRun | undefined =>
      this.runs('touchstone-pr').find(
        ({ origin, jobs }) =>
          origin.headSha === headSha &&
          jobs.some(
            ({ name, steps }) =>
              name === job && steps.some((step) => step.status === 'in_progress' && step.id === 'train'),
          ),
      );
    await this.actions.until(() => running() !== undefined);
    const run = running();
    if (run !== undefined) await act(run);
  }

  /** Files of this name on any machine of the team, and in its repositories. */
  async machineFiles(name: string): Promise<readonly string[]> {
    const { stdout } = await execa('find', [this.github.folder, '-name', name]);
    return stdout === '' ? [] : stdout.split('\n');
  }

  runs(workflow: string): readonly WorkflowRun[] {
    return this.actions.runsOf(this.repository, workflow);
  }
}

/** The example as a repository holds it, less its workflows: data made once. */
async function exampleFiles(): Promise<Record<string, string>> {
  const read = (file: string): Promise<string> => readFile(path.join(EXAMPLE, file), 'utf8');
  const config = await read('touchstone.yml');
  return {
    'touchstone.yml': config.replace('registry: file:registry', 'registry: github:'),
    'train.py': await read('train.py'),
    'requirements.txt': await read('requirements.txt'),
    'data/digits.csv': await digits(),
    'README.md': '# Digits\n',
  };
}

let made: Promise<string> | undefined;

function digits(): Promise<string> {
  made ??= (async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'digits-'));
    try {
      const python = await pythonWith(EXAMPLE, 'requirements.txt');
      const script = path.join(folder, 'make_data.py');
      await execa('cp', [path.join(EXAMPLE, 'make_data.py'), script]);
      await execa(python, [script]);
      return await readFile(path.join(folder, 'data/digits.csv'), 'utf8');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  })();
  return made;
}
