import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TouchstoneSurroundings } from '../../app/touchstone.ts';
import { formatRecordedAnswer, ANSWER_FILE, answerArtifactName } from '../../src/pullRequest/answerDocument.ts';
import { parseCommitSha, parseRepositoryName } from '../../src/identity/git.ts';
import type { HeadOutcome, ModelSection } from '../../src/pullRequest/headJudgement.ts';
import { parseMarker } from '../../src/pullRequest/commentMarker.ts';
import { parseReplyMarker } from '../../src/conversation/reply.ts';
import type { HeadAnswer } from '../../src/pullRequest/standing.ts';
import { ScriptedActions } from '../github/actions/scriptedActions.ts';
import { GitHub } from '../github/gitHub.ts';
import type { Account } from '../github/state/account.ts';
import type { WorkflowRun } from '../github/state/actions.ts';
import type { App, Installation } from '../github/state/app.ts';
import type { CheckRun } from '../github/state/checks.ts';
import type { Comment } from '../github/state/issues.ts';
import type { FileChanges } from '../github/state/importCommit.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import type { StandInRepository } from '../github/state/repository.ts';
import { headJudgement } from '../pullRequest/heads.ts';
import { freePort, installApp, startApp, stopApp, type AppInstance } from './installedApp.ts';

export const PR = '.github/workflows/touchstone-pr.yml';
export const JUDGE = '.github/workflows/touchstone-judge.yml';
export const OVERRIDE = '.github/workflows/touchstone-override.yml';
const TEMPLATES = path.resolve(import.meta.dirname, '../../workflows-templates');

/** A workflow as it is shipped, the App as the one who answers. */
export function workflow(name: 'touchstone-judge' | 'touchstone-pr' | 'touchstone-override'): string {
  const text = readFileSync(path.join(TEMPLATES, `${name}.yml`), 'utf8');
  return text.replace('answered-by: job', 'answered-by: app');
}

export const CONFIG = `version: 1
registry: github:
models:
  digits:
    task: multiclass
    target: digit
    data: { train: digits.csv, split: { holdout: 20% } }
    gates:
      - { metric: accuracy, maxRegression: 0.02 }
`;

export const RULING: Readonly<Record<string, string>> = {
  'touchstone.yml': CONFIG,
  [PR]: workflow('touchstone-pr'),
  [JUDGE]: workflow('touchstone-judge'),
  [OVERRIDE]: workflow('touchstone-override'),
};

export interface WorldOptions {
  readonly files?: Readonly<Record<string, string>>;
  /** Whether the App is told of nothing until the test says so. */
  readonly silent?: boolean;
  /** The clock of the App. */
  readonly now?: () => Date;
  /** Where it is given, GitHub goes by `now` too, and holds tokens alone to this. */
  readonly signersNow?: () => Date;
}

/** A repository whose pull requests the real App answers, by webhooks over HTTP; runs of workflows go as the test says. */
export class AppWorld {
  readonly github: GitHub;
  readonly actions: ScriptedActions;
  readonly repository: StandInRepository;
  readonly owner: Account;
  readonly author: Account;
  readonly app: App;
  readonly installation: Installation;
  readonly instances: AppInstance[] = [];
  readonly logged: string[] = [];
  /** Of the first App; where GitHub tells none, each has one of its own. */
  readonly #port: number | undefined;
  readonly #now: () => Date;

  static async open(options: WorldOptions = {}): Promise<AppWorld> {
    const now = options.now ?? ((): Date => new Date());
    const github = await GitHub.start(options.signersNow && { now, signersNow: options.signersNow });
    const actions = new ScriptedActions(github, {
      [PR]: { name: 'touchstone-pr' },
      [JUDGE]: {
        name: 'touchstone-judge',
        runName: 'touchstone-judge: run ${{ github.event.workflow_run.id || inputs.run }}',
      },
      [OVERRIDE]: {
        name: 'touchstone-override',
        runName: 'touchstone-override: run ${{ inputs.run }} by comment ${{ inputs.comment }}',
      },
    });
    const owner = github.createUser('octocat');
    const author = github.createUser('grace');
    const repository = await github.createRepository('churn', { owner });
    repository.allow(author, 'write');
    await repository.commit('main', { 'README.md': '# Churn\n', ...RULING, ...options.files });
    const silent = options.silent ?? false;
    const { app, installation, port } = await installApp(github, owner, { silent });
    const told = silent ? undefined : port;
    return new AppWorld({ github, actions, repository, owner, author, app, installation, port: told, now });
  }

  private constructor(made: {
    readonly github: GitHub;
    readonly actions: ScriptedActions;
    readonly repository: StandInRepository;
    readonly owner: Account;
    readonly author: Account;
    readonly app: App;
    readonly installation: Installation;
    readonly port: number | undefined;
    readonly now: () => Date;
  }) {
    this.github = made.github;
    this.actions = made.actions;
    this.repository = made.repository;
    this.owner = made.owner;
    this.author = made.author;
    this.app = made.app;
    this.installation = made.installation;
    this.#port = made.port;
    this.#now = made.now;
  }

  /** Starts an App; a second one is told of nothing by itself. */
  async start(how: Partial<TouchstoneSurroundings> = {}): Promise<AppInstance> {
    const port = (this.instances.length === 0 ? this.#port : undefined) ?? (await freePort());
    const instance = await startApp(this.github, this.app, {
      ...{ port, now: this.#now, answerWithinMs: 2000 },
      ...how,
      onLog: (line) => this.logged.push(line),
    });
    this.instances.push(instance);
    return instance;
  }

  async stop(instance = this.instances[0]): Promise<void> {
    if (instance === undefined) return;
    this.instances.splice(this.instances.indexOf(instance), 1);
    await stopApp(instance);
  }

  async close(): Promise<void> {
    for (const instance of [...this.instances]) await this.stop(instance);
    await this.github.close();
  }

  /** Until everybody was told, and nothing is left to do. */
  async settled(): Promise<void> {
    for (let calm = 0; calm < 2; calm += 1) {
      const before = this.github.requests.length;
      await this.actions.settled();
      for (const instance of this.instances) await instance.idle();
      if (this.github.requests.length !== before) calm = -1;
    }
  }

  async propose(branch: string, files: FileChanges = { 'train.py': `train("${branch}")\n` }): Promise<PullRequest> {
    const head = await this.repository.commit(branch, files, { author: this.author });
    return this.open({ branch, head });
  }

  async open({
    branch,
    head,
    repository = this.repository,
    by = this.author,
  }: {
    readonly branch: string;
    readonly head: string;
    readonly repository?: StandInRepository;
    readonly by?: Account;
  }): Promise<PullRequest> {
    const base = await this.repository.resolve('refs/heads/main');
    return this.repository.pulls.open({
      title: `Try ${branch}`,
      head: { repository, ref: branch, sha: head },
      base: { ref: 'main', sha: base ?? '' },
      by: { kind: 'user', account: by, token: '' },
    });
  }

  /** Trains and judges a head, as the two workflows would. */
  async judge(
    pull: PullRequest,
    ...sections: readonly ModelSection[]
  ): Promise<{ readonly run: WorkflowRun; readonly judging: WorkflowRun }> {
    const run = await this.train(pull);
    return { run, judging: await this.judged(run, modelsOf(sections)) };
  }

  async train(pull: PullRequest): Promise<WorkflowRun> {
    const run = await this.actions.start(pull, { path: PR, waits: false });
    await this.trainAgain(run);
    return run;
  }

  /** Goes through the jobs of the latest attempt at a run. */
  async trainAgain(run: WorkflowRun): Promise<void> {
    await this.actions.job(run, 'validate', { conclusion: 'success' });
    await this.actions.job(run, 'train digits', { conclusion: 'success', steps: [{ name: 'Train' }] });
    await this.actions.finish(run);
  }

  /** What the judging run of the default branch leaves and comes to. */
  async judged(run: WorkflowRun, outcome: HeadOutcome, answer?: HeadAnswer): Promise<WorkflowRun> {
    const judging = await this.beginJudging(run);
    await this.endJudging(judging, run, outcome, answer);
    return judging;
  }

  async beginJudging(run: WorkflowRun): Promise<WorkflowRun> {
    const by = { kind: 'user', account: this.owner, token: '' } as const;
    const judging = await this.actions.dispatch(this.repository, JUDGE, 'main', { run: run.id }, by.account);
    this.actions.effects.pop();
    await this.actions.begin(judging);
    return judging;
  }

  async endJudging(
    judging: WorkflowRun,
    run: WorkflowRun,
    outcome: HeadOutcome,
    answer?: HeadAnswer,
    conclusion?: 'success' | 'failure',
    forged: { readonly headSha?: string; readonly run?: number } = {},
  ): Promise<void> {
    const trained = { id: forged.run ?? run.id, attempt: run.attempt.number };
    const head = parseCommitSha(forged.headSha ?? run.origin.headSha);
    const judgement = headJudgement(outcome, { head, trained });
    const recorded = {
      repository: parseRepositoryName('octocat/churn'),
      head,
      trained,
      answer: answer ?? { kind: 'judged' as const, judgement },
    };
    await this.actions.leave(judging, answerArtifactName(judging.attempt.number), {
      [ANSWER_FILE]: formatRecordedAnswer(recorded),
    });
    await this.actions.finish(judging, conclusion ?? (recorded.answer.kind === 'judged' ? 'success' : 'failure'));
  }

  async comment(pull: PullRequest, body: string, by = this.owner): Promise<Comment> {
    const token = this.github.token({ user: by });
    const answer = await fetch(`${this.repository.url}/issues/${pull.number}/comments`, {
      method: 'POST',
      headers: { authorization: `bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ body }),
    });
    const { id } = (await answer.json()) as { readonly id: number };
    const made = this.repository.issues.comments.find((comment) => comment.id === id);
    if (made === undefined) throw new Error(`no comment: ${answer.status}`);
    return made;
  }

  /** The one check of the App on a commit that people see. */
  check(sha: string): CheckRun | undefined {
    const checks = this.repository.checks.of(sha, 'latest').filter(({ suite }) => suite.app === this.app);
    if (checks.length > 1) throw new Error(`${checks.length} checks are on ${sha}`);
    return checks[0];
  }

  /** How often the App made a check on a commit. */
  madeChecks(sha: string): number {
    return this.repository.checks.of(sha, 'all').filter(({ suite }) => suite.app === this.app).length;
  }

  /** `completed success: TITLE`. */
  stands(pull: PullRequest): string {
    const check = this.check(pull.headSha);
    return check === undefined ? 'no check' : `${check.status} ${check.conclusion ?? '-'}: ${check.output.title ?? ''}`;
  }

  ours(pull: PullRequest): readonly Comment[] {
    return this.repository.issues.commentsOf(pull.number).filter(({ author }) => author === this.app.bot);
  }

  sticky(pull: PullRequest): readonly Comment[] {
    return this.ours(pull).filter(({ body }) => parseMarker(body) !== undefined);
  }

  replies(pull: PullRequest): readonly Comment[] {
    return this.ours(pull).filter(({ body }) => parseReplyMarker(body) !== undefined);
  }

  /** The one reply to a comment. */
  reply(to: Comment): string {
    const found = this.repository.issues.comments.filter(
      ({ body, author }) => author === this.app.bot && parseReplyMarker(body)?.to === to.id,
    );
    if (found.length > 1) throw new Error(`${found.length} replies to one comment`);
    return found[0]?.body ?? 'no reply';
  }

  isSeen(comment: Comment): boolean {
    return this.repository.reactions
      .of(`comment ${comment.id}`)
      .some(({ content, author }) => content === 'eyes' && author === this.app.bot);
  }
}

export function modelsOf(sections: readonly ModelSection[]): HeadOutcome {
  const [first, ...rest] = sections;
  return first === undefined ? { kind: 'untouched' } : { kind: 'models', sections: [first, ...rest] };
}
