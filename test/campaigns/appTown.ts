import type { TouchstoneSurroundings } from '../../app/touchstone.ts';
import { EVENTS } from '../../app/manifest.ts';
import type { HeadOutcome, ModelSection } from '../../src/pullRequest/headJudgement.ts';
import { ANSWER_FILE, answerArtifactName, formatRecordedAnswer } from '../../src/pullRequest/answerDocument.ts';
import { formatOverrideResult, OVERRIDE_FILE } from '../../src/pullRequest/overrideOutcome.ts';
import { parseCommitSha } from '../../src/identity/git.ts';
import { AppWorld, modelsOf } from '../app/appWorld.ts';
import type { AppInstance } from '../app/installedApp.ts';
import { SECRET, WEBHOOK_PATH } from '../app/runningApp.ts';
import type { Account } from '../github/state/account.ts';
import type { WorkflowRun } from '../github/state/actions.ts';
import type { Comment } from '../github/state/issues.ts';
import { asPerson } from '../github/state/person.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import type { Role, StandInRepository } from '../github/state/repository.ts';
import { headJudgement, REPOSITORY } from '../pullRequest/heads.ts';
import { PassingTime } from './passingTime.ts';
import { Switchboard } from './switchboard.ts';
import { Wire } from './wire.ts';

/** What a run that judged, or that took an override, left behind of a head, in the words of whoever wrote the script. */
export interface Left {
  readonly conclusion: 'success' | 'failure' | 'action_required';
  /** What the check's title begins with. */
  readonly title: string;
  readonly isVerdict: boolean;
  readonly isUntouched: boolean;
  /** Attempt at the training that it is of. */
  readonly trainedAttempt: number;
}

export type OrderKind = 'retrain' | 'ok-to-train' | 'override' | 'judge';

/** Something that somebody asked for: by a comment, or by a button. */
export interface Asked {
  readonly pull: PullRequest;
  readonly by: Account;
  readonly kind: OrderKind;
  readonly comment?: Comment;
  /** Whether, at some moment since, whoever asked had the right. */
  wasAllowed: boolean;
}

/** An App that lives. */
export interface Living {
  readonly instance: AppInstance;
  readonly wire: Wire;
  readonly silence: () => void;
}

const LEAST: { readonly [kind in OrderKind]: readonly Role[] } = {
  retrain: ['write', 'maintain', 'admin'],
  judge: ['write', 'maintain', 'admin'],
  'ok-to-train': ['write', 'maintain', 'admin'],
  override: ['maintain', 'admin'],
};

/** Anything that GitHub does not answer within this is lost; so is then what a busy machine is too slow for. */
const ANSWER_WITHIN_MS = 600;

/** A repository, its people and its runs, the Apps that answer there, and a clock of its own. */
export class AppTown {
  readonly world: AppWorld;
  readonly fork: StandInRepository;
  readonly time: PassingTime;
  readonly people: readonly Account[];
  readonly bot: Account;
  readonly living: Living[] = [];
  readonly asked: Asked[] = [];
  readonly left = new Map<string, Left>();
  /** The attempt at the training that a judging run's attempt began with. */
  readonly judges = new Map<string, number>();
  readonly #ending: Promise<unknown>[] = [];
  readonly #switchboard: Switchboard;
  /** How many Apps ever lived. */
  born = 0;

  /** @param choose which of the Apps that live a delivery goes to. */
  static async open(choose: (living: readonly Living[]) => readonly Living[]): Promise<AppTown> {
    const time = new PassingTime(new Date());
    const world = await AppWorld.open({ silent: true, now: time.now, signersNow: () => new Date() });
    const opened: { town?: AppTown } = {};
    const urls = (): readonly string[] => choose(opened.town?.living ?? []).map(({ instance }) => instance.url);
    const switchboard = await Switchboard.open(urls, WEBHOOK_PATH);
    const { github, repository, app } = world;
    const events = EVENTS;
    github.hooks.add({ owner: { kind: 'app', app }, url: `${switchboard.url}/`, secret: SECRET, events });
    const outsider = github.createUser('mallory');
    const maintainer = github.createUser('ada');
    const triager = github.createUser('tim');
    repository.allow(maintainer, 'maintain');
    repository.allow(triager, 'triage');
    const fork = await github.createRepository('churn', { owner: outsider, forkOf: repository });
    await repository.commit('develop', { 'NOTES.md': 'Notes\n' });
    const people = [world.owner, maintainer, world.author, triager, outsider];
    const bot = github.createBot('dependabot');
    opened.town = new AppTown({ world, fork, time, people, bot, switchboard });
    return opened.town;
  }

  private constructor(made: {
    readonly world: AppWorld;
    readonly fork: StandInRepository;
    readonly time: PassingTime;
    readonly people: readonly Account[];
    readonly bot: Account;
    readonly switchboard: Switchboard;
  }) {
    this.world = made.world;
    this.fork = made.fork;
    this.time = made.time;
    this.people = made.people;
    this.bot = made.bot;
    this.#switchboard = made.switchboard;
  }

  get repository(): StandInRepository {
    return this.world.repository;
  }

  get pulls(): readonly PullRequest[] {
    return this.repository.pulls.all;
  }

  async start(): Promise<void> {
    const wire = new Wire();
    const { later, silence } = this.time.alarms();
    const how: Partial<TouchstoneSurroundings> = { later, fetch: wire.fetch, answerWithinMs: ANSWER_WITHIN_MS };
    const instance = await this.world.start(how);
    this.born += 1;
    this.living.push({ instance, wire, silence });
  }

  /** As SIGKILL does it: from now on nothing of it reaches GitHub, and it remembers nothing. */
  kill(app: Living): void {
    const at = this.living.indexOf(app);
    if (at === -1) return;
    this.living.splice(at, 1);
    app.wire.cut();
    app.silence();
    this.#ending.push(this.world.stop(app.instance));
  }

  /** As SIGTERM does it. */
  async stop(app: Living): Promise<void> {
    const at = this.living.indexOf(app);
    if (at === -1) return;
    this.living.splice(at, 1);
    await this.world.stop(app.instance);
    app.silence();
  }

  allow(person: Account, role: Role | undefined): void {
    this.repository.allow(person, role);
    for (const asked of this.asked) asked.wasAllowed ||= this.#mayNow(asked.kind, asked.by);
  }

  #mayNow(kind: OrderKind, by: Account): boolean {
    const role = this.repository.roleOf(by);
    return role !== undefined && LEAST[kind].includes(role);
  }

  comment(pull: PullRequest, body: string, by: Account): Comment {
    const comment = this.repository.issues.comment(pull.number, body, asPerson(by));
    const kind = orderOf(body);
    if (kind !== undefined) this.asked.push({ pull, by, kind, comment, wasAllowed: this.#mayNow(kind, by) });
    return comment;
  }

  /** What a press may be taken for: "Re-run" is whatever fits. */
  presses(pull: PullRequest, kinds: readonly OrderKind[], by: Account): void {
    for (const kind of kinds) this.asked.push({ pull, by, kind, wasAllowed: this.#mayNow(kind, by) });
  }

  async leave(
    judging: WorkflowRun,
    trained: WorkflowRun,
    left: Left,
    made: { readonly outcome?: HeadOutcome; readonly override?: 'done' | 'refused'; readonly comment?: number },
  ): Promise<void> {
    const head = parseCommitSha(trained.origin.headSha);
    const of = { id: trained.id, attempt: left.trainedAttempt };
    const answer = made.outcome
      ? { kind: 'judged' as const, judgement: headJudgement(made.outcome, { head, trained: of }) }
      : { kind: 'unjudged' as const, because: { kind: 'not-recorded' as const, problem: 'the registry is away' } };
    const isAnswer = made.override !== 'refused';
    if (isAnswer) this.left.set(`${judging.id}.${judging.attempt.number}`, left);
    await this.world.actions.leave(judging, answerArtifactName(judging.attempt.number), {
      ...(isAnswer && { [ANSWER_FILE]: formatRecordedAnswer({ repository: REPOSITORY, head, trained: of, answer }) }),
      ...(made.override && { [OVERRIDE_FILE]: resultOf(made.override, made.comment ?? 0) }),
    });
  }

  /** Runs of `touchstone-judge.yml` and `touchstone-override.yml` that are of a training run, oldest first. */
  runsOn(trained: WorkflowRun): readonly WorkflowRun[] {
    return this.repository.actions.runs.filter(({ inputs }) => String(inputs['run']) === String(trained.id));
  }

  settled(): Promise<void> {
    return this.world.settled();
  }

  async close(): Promise<void> {
    for (const app of [...this.living]) this.kill(app);
    await Promise.all(this.#ending);
    await this.#switchboard.close();
    await this.world.close();
  }
}

function resultOf(outcome: 'done' | 'refused', comment: number): string {
  const said = { comment, sentence: 'So it is.' };
  return formatOverrideResult(
    outcome === 'done' ? { ...said, outcome } : { ...said, outcome, code: 'order_not_met' as const },
  );
}

/** What a comment orders, if its first line does. */
function orderOf(body: string): OrderKind | undefined {
  const [, word] = /^\/(retrain|ok-to-train|override)\b/.exec(body) ?? [];
  return body.includes('dry-run') ? undefined : (word as OrderKind | undefined);
}

export function outcomeOf(...sections: readonly ModelSection[]): HeadOutcome {
  return modelsOf(sections);
}
