import { setTimeout as sleep } from 'node:timers/promises';
import { secondaryLimit, serverError, type Fault } from '../github/faults.ts';
import type { Account } from '../github/state/account.ts';
import type { WorkflowRun } from '../github/state/actions.ts';
import { asPerson } from '../github/state/person.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import { accepted, notJudged, rejected, unsettled } from '../pullRequest/heads.ts';
import { JUDGE, OVERRIDE, PR } from '../app/appWorld.ts';
import { departures } from './appOracle.ts';
import { AppTown, outcomeOf, type Left, type Living } from './appTown.ts';
import { randomOf } from './random.ts';

/** What one schedule came to. */
export interface Scheduled {
  readonly seed: number;
  /** What happened, oldest first. */
  readonly acts: readonly string[];
  /** What is not as it must be in the end. */
  readonly wrong: readonly string[];
  /** Commits by the number of checks that were ever made on them; GitHub shows the newest. */
  readonly checksMade: { readonly [times: number]: number };
  readonly isCalm: boolean;
  /** What the Apps logged. */
  readonly log: readonly string[];
}

const MINUTE = 60_000;

/** Lets whatever the seed says happen to some pull requests, their runs, the Apps and the way to them, and looks at what is left in the end. */
export async function runSchedule(seed: number): Promise<Scheduled> {
  const schedule = await Schedule.open(seed);
  try {
    await schedule.go();
    await schedule.end();
    const checksMade = schedule.checksMade();
    const isTwice = schedule.isCalm && Object.keys(checksMade).some((times) => Number(times) > 1);
    const wrong = [...departures(schedule.town), ...(isTwice ? ['One App alone made a check twice'] : [])];
    await schedule.town.close();
    return { seed, acts: schedule.acts, wrong, checksMade, isCalm: schedule.isCalm, log: schedule.town.world.logged };
  } catch (error) {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, acts: schedule.acts, wrong: [said], checksMade: {}, isCalm: false, log: schedule.town.world.logged };
  }
}

type Weighted = readonly (readonly [number, string, () => unknown])[];

class Schedule {
  readonly town: AppTown;
  readonly acts: string[] = [];
  readonly #random: () => number;
  readonly #files = { count: 0 };
  readonly #history = new Map<PullRequest, string[]>();
  /** Whether there was one App all the time, and none was killed. */
  isCalm = true;

  static async open(seed: number): Promise<Schedule> {
    const random = randomOf(seed);
    const choose = (living: readonly Living[]): readonly Living[] => {
      if (living.length < 2 || random() < 0.3) return living;
      return [living[Math.floor(random() * living.length)] ?? living[0]].filter((each) => each !== undefined);
    };
    return new Schedule(await AppTown.open(choose), random);
  }

  private constructor(town: AppTown, random: () => number) {
    this.town = town;
    this.#random = random;
  }

  async go(): Promise<void> {
    await this.town.start();
    await this.#open();
    const count = 8 + this.#below(24);
    for (let done = 0; done < count; done += 1) {
      await this.#act();
      this.town.time.pass(1000);
      const rest = this.#random();
      if (rest < 0.3) await sleep(this.#below(25));
      else if (rest < 0.5) await this.town.settled();
    }
  }

  /** All goes well from here on, one App lives, and the hours go by. */
  async end(): Promise<void> {
    const { town } = this;
    const { github } = town.world;
    github.faults.clear();
    if (this.#chance(0.5)) await github.hooks.release();
    github.hooks.calm();
    for (const { wire } of town.living) wire.spare();
    while (town.living.length > 1) this.#kill();
    if (town.living.length === 0) await town.start();
    await town.settled();
    for (const minutes of [1, 2, 3, 11, 61]) {
      for (const run of this.#unfinished(OVERRIDE)) await this.#endOverride(run);
      town.time.pass(minutes * MINUTE);
      await town.settled();
    }
    town.time.pass(61 * MINUTE);
    await town.settled();
  }

  checksMade(): Scheduled['checksMade'] {
    const made: Record<number, number> = {};
    for (const { app, runs } of this.town.repository.checks.suites) {
      if (app === this.town.world.app) made[runs.length] = (made[runs.length] ?? 0) + 1;
    }
    return made;
  }

  async #act(): Promise<void> {
    const acts: Weighted = [...this.#ofPulls(), ...this.#ofRuns(), ...this.#ofPeople(), ...this.#ofTrouble()];
    const whole = acts.reduce((sum, [weight]) => sum + weight, 0);
    let at = this.#random() * whole;
    for (const [weight, name, act] of acts) {
      at -= weight;
      if (at >= 0) continue;
      const on = this.acts.push(name) - 1;
      const more = await act();
      if (typeof more === 'string') this.acts[on] = `${name} ${more}`;
      return;
    }
  }

  #ofPulls(): Weighted {
    const { repository, pulls } = this.town;
    const open = pulls.filter(({ state }) => state === 'open');
    const of = (act: (pull: PullRequest) => unknown) => (): unknown => {
      const pull = this.#one(open);
      return pull && act(pull);
    };
    return [
      [pulls.length < 3 ? 1 : 0, 'open', () => this.#open()],
      [2, 'push', of((pull) => this.#push(pull))],
      [2, 'force push', of((pull) => this.#forcePush(pull))],
      [0.7, 'close', of(async (pull) => (await repository.pulls.close(pull, asPerson(pull.author)), named(pull)))],
      [
        0.7,
        'reopen',
        async () => {
          const pull = this.#one(pulls.filter(({ state }) => state === 'closed'));
          if (pull === undefined) return;
          await repository.pulls.reopen(pull, asPerson(pull.author));
          return named(pull);
        },
      ],
      [0.3, 'draft', of((pull) => repository.pulls.setDraft(pull, !pull.isDraft, asPerson(pull.author)))],
      [
        0.3,
        'retarget',
        of(async (pull) => {
          const ref = pull.base.ref === 'main' ? 'develop' : 'main';
          const sha = (await repository.resolve(`refs/heads/${ref}`)) ?? '';
          await repository.pulls.retarget(pull, { ref, sha }, asPerson(pull.author));
        }),
      ],
    ];
  }

  #ofRuns(): Weighted {
    const { actions } = this.town.world;
    const trainings = (): readonly WorkflowRun[] => this.town.repository.actions.runs.filter(({ path }) => path === PR);
    const over = (): readonly WorkflowRun[] => trainings().filter(({ status }) => status === 'completed');
    const of =
      (runs: () => readonly WorkflowRun[], act: (run: WorkflowRun) => unknown) => async (): Promise<unknown> => {
        // The newest ones are those that matter.
        const run = this.#chance(0.7) ? runs().at(-1) : this.#one(runs());
        if (run === undefined) return;
        const more = await act(run);
        return `${run.id}.${run.attempt.number}${typeof more === 'string' ? ` ${more}` : ''}`;
      };
    return [
      [3, 'start', () => this.#startRun()],
      [
        3,
        'advance',
        of(
          () => this.#unfinished(PR),
          (run) => this.#advance(run),
        ),
      ],
      [
        3,
        'finish',
        of(
          () => this.#unfinished(PR),
          (run) => this.#finish(run),
        ),
      ],
      [
        0.3,
        'run again',
        of(over, (run) => run.conclusion !== 'action_required' && actions.rerun(run, 'all', this.town.world.owner)),
      ],
      [
        0.2,
        'approve',
        of(over, (run) => run.conclusion === 'action_required' && actions.approve(run, this.town.world.owner)),
      ],
      [4, 'judge', of(over, (run) => this.#judge(run))],
      [
        3,
        'judged',
        of(
          () => this.#unfinished(JUDGE),
          (run) => this.#judged(run),
        ),
      ],
      [1, 'train and judge', () => this.#trainAndJudge()],
      [
        0.4,
        'judge once more',
        of(
          () =>
            this.town.repository.actions.runs.filter(({ path, status }) => path === JUDGE && status === 'completed'),
          (run) => this.#judgeOnceMore(run),
        ),
      ],
      [
        1.5,
        'override ends',
        of(
          () => this.#unfinished(OVERRIDE),
          (run) => this.#endOverride(run),
        ),
      ],
    ];
  }

  #ofPeople(): Weighted {
    const { town } = this;
    const { checks } = town.repository;
    const withCheck = (act: (pull: PullRequest) => unknown) => (): unknown => {
      const pull = this.#one(town.pulls);
      return pull && act(pull);
    };
    const checkOf = (pull: PullRequest) =>
      checks
        .of(pull.headSha, 'latest')
        .find(({ suite, status }) => suite.app === town.world.app && status === 'completed');
    return [
      [5, 'comment', () => this.#comment()],
      [0.5, 'edit', () => this.#edit()],
      [
        1.5,
        'press',
        withCheck((pull) => {
          const check = checkOf(pull);
          const button = check && this.#one(check.actions);
          if (check === undefined || button === undefined) return;
          const by = this.#person();
          const kind = button.identifier as 'retrain' | 'ok-to-train' | 'judge';
          town.presses(pull, [kind], by);
          checks.press(check, kind, by);
          return `${kind} on ${named(pull)} by ${by.login}`;
        }),
      ],
      [
        0.7,
        're-run',
        withCheck(async (pull) => {
          const check = checkOf(pull);
          if (check === undefined) return;
          const by = this.#person();
          town.presses(pull, ['retrain', 'ok-to-train', 'judge'], by);
          if (this.#chance(0.5)) checks.rerequest(check, asPerson(by));
          else await checks.rerequestSuite(check.suite, asPerson(by));
          return `${named(pull)} by ${by.login}`;
        }),
      ],
      [
        0.6,
        'role',
        () => {
          const person = this.#one(town.people.slice(1));
          const role = this.#one([undefined, 'triage', 'write', 'maintain'] as const);
          if (person !== undefined) town.allow(person, role);
          return `${person?.login ?? ''} ${role ?? 'none'}`;
        },
      ],
    ];
  }

  #ofTrouble(): Weighted {
    const { town } = this;
    const { github } = town.world;
    return [
      [1, 'settle', () => town.settled()],
      [
        1.5,
        'time',
        async () => {
          // What is under way does not last so long.
          await town.settled();
          const seconds = this.#one([5, 20, 61, 130, 700]) ?? 5;
          town.time.pass(seconds * 1000);
          return `${seconds} s`;
        },
      ],
      [
        3,
        'disturb',
        () => {
          const how = this.#one(['drop', 'duplicate', 'hold', { delayMs: this.#below(40) }] as const) ?? 'drop';
          const times = 1 + this.#below(3);
          github.hooks.disturb({ how, times });
          return `${JSON.stringify(how)} ${times}`;
        },
      ],
      [0.7, 'release', () => void github.hooks.release()],
      [4, 'fault', () => this.#fault()],
      [
        1.2,
        'kill at',
        () => {
          const app = this.#one(town.living);
          if (app === undefined) return;
          const calls = 1 + this.#below(12);
          const when = this.#chance(0.5) ? 'before' : 'after';
          this.isCalm = false;
          app.wire.cutAt(calls, when, () => town.kill(app));
          return `call ${calls} ${when}`;
        },
      ],
      [0.6, 'kill', () => this.#kill()],
      [
        0.4,
        'stop',
        async () => {
          const app = this.#one(town.living);
          if (app) await town.stop(app);
        },
      ],
      [
        town.living.length === 0 ? 8 : town.living.length === 1 ? 0.5 : 0,
        'start App',
        async () => {
          if (town.living.length > 0) this.isCalm = false;
          await town.start();
        },
      ],
    ];
  }

  async #open(): Promise<string> {
    const { world, fork, repository, people } = this.town;
    const isFork = this.#chance(0.35);
    const at = isFork ? fork : repository;
    const author = isFork ? fork.owner : (this.#one([world.author, people[1]]) ?? world.author);
    this.#files.count += 1;
    const branch = `topic-${this.#files.count}`;
    const main = (await repository.resolve('refs/heads/main')) ?? '';
    const head = await at.commit(branch, this.#change(), { author, parents: [main] });
    const pull = await world.open({ branch, head, repository: at, by: author });
    this.#history.set(pull, [head]);
    return named(pull);
  }

  #change(): { readonly [file: string]: string } {
    this.#files.count += 1;
    return { 'train.py': `train(${this.#files.count})\n` };
  }

  async #push(pull: PullRequest): Promise<string> {
    const { repository, ref } = pull.head;
    await repository.commit(ref, this.#change(), { author: pull.author, parents: [pull.headSha] });
    this.#history.get(pull)?.push(pull.headSha);
    return named(pull);
  }

  async #forcePush(pull: PullRequest): Promise<string> {
    const { repository, ref } = pull.head;
    const before = this.#one((this.#history.get(pull) ?? []).filter((sha) => sha !== pull.headSha));
    if (before !== undefined && this.#chance(0.6)) {
      await repository.push(ref, before, pull.author);
      return `${named(pull)}, an earlier one`;
    }
    const main = (await this.town.repository.resolve('refs/heads/main')) ?? '';
    await repository.commit(ref, this.#change(), { author: pull.author, parents: [main] });
    this.#history.get(pull)?.push(pull.headSha);
    return named(pull);
  }

  async #startRun(): Promise<string | undefined> {
    const pull = this.#one(this.town.pulls.filter(({ state }) => state === 'open'));
    if (pull === undefined) return undefined;
    const isFork = pull.head.repository !== this.town.repository;
    const run = await this.town.world.actions.start(pull, { path: PR, waits: isFork && this.#chance(0.7) });
    return `${run.id} on ${named(pull)}${run.conclusion === undefined ? '' : ', waits'}`;
  }

  async #advance(run: WorkflowRun): Promise<void> {
    const { actions } = this.town.world;
    const [validate] = run.jobs;
    if (validate === undefined) await actions.job(run, 'validate');
    else if (validate.status !== 'completed') await actions.job(run, 'validate', { conclusion: 'success' });
    else await actions.job(run, 'train digits', { steps: [{ name: 'Train' }] });
  }

  async #finish(run: WorkflowRun): Promise<string> {
    const conclusion = this.#one(['success', 'success', 'success', 'failure', 'cancelled'] as const) ?? 'success';
    if (this.#chance(0.6)) await this.town.world.actions.job(run, 'train digits', { steps: [{ name: 'Train' }] });
    await this.town.world.actions.finish(run, conclusion);
    return conclusion;
  }

  async #judge(run: WorkflowRun): Promise<void> {
    const { actions, owner } = this.town.world;
    const judging = await actions.dispatch(this.town.repository, JUDGE, 'main', { run: run.id }, owner);
    this.#judges(judging, run);
    if (this.#chance(0.5)) await actions.begin(judging);
    if (this.#chance(0.6)) await this.#judged(judging);
  }

  async #trainAndJudge(): Promise<string | undefined> {
    const said = await this.#startRun();
    const run = this.town.repository.actions.runs.at(-1);
    if (run === undefined || run.status === 'completed') return said;
    this.town.time.pass(1000);
    await this.#finish(run);
    this.town.time.pass(1000);
    await this.#judge(run);
    return said;
  }

  #judges(judging: WorkflowRun, run: WorkflowRun): void {
    this.town.judges.set(`${judging.id}.${judging.attempt.number}`, run.attempt.number);
  }

  #judgeOnceMore(judging: WorkflowRun): void {
    const { actions, owner } = this.town.world;
    actions.rerun(judging, 'all', owner);
    const run = this.#trainedBy(judging);
    if (run !== undefined) this.#judges(judging, run);
  }

  #trainedBy({ inputs }: WorkflowRun): WorkflowRun | undefined {
    return this.town.repository.actions.run(Number(inputs['run']));
  }

  async #judged(judging: WorkflowRun): Promise<string | undefined> {
    const { actions } = this.town.world;
    const run = this.#trainedBy(judging);
    if (run === undefined) return undefined;
    const trainedAttempt = this.town.judges.get(`${judging.id}.${judging.attempt.number}`) ?? run.attempt.number;
    const verdict = (conclusion: Left['conclusion'], title: string, isUntouched = false): Left => ({
      ...{ conclusion, title, isUntouched, trainedAttempt },
      isVerdict: true,
    });
    const found = this.#one([
      ['accepted', verdict('success', 'digits accepted'), outcomeOf(accepted())],
      ['accepted', verdict('success', 'digits accepted'), outcomeOf(accepted())],
      ['rejected', verdict('failure', 'digits rejected'), outcomeOf(rejected())],
      ['rejected', verdict('failure', 'digits rejected'), outcomeOf(rejected())],
      ['unsettled', verdict('action_required', 'digits inconclusive'), outcomeOf(unsettled())],
      ['not judged', verdict('failure', 'digits could not be judged'), outcomeOf(notJudged('digits'))],
      ['untouched', verdict('success', 'No model is touched', true), outcomeOf()],
      ['two', verdict('failure', '2 models: 1 rejected, 1 accepted'), outcomeOf(accepted('a'), rejected('b'))],
      ['unrecorded', { ...verdict('failure', 'Could not be recorded'), isVerdict: false }, undefined],
      ['nothing', undefined, undefined],
    ] as const);
    if (found === undefined) return undefined;
    const [name, left, outcome] = found;
    if (left !== undefined) await this.town.leave(judging, run, left, outcome ? { outcome } : {});
    const isWell = name !== 'nothing' && name !== 'unrecorded' && !this.#chance(0.05);
    const conclusion = isWell ? 'success' : this.#chance(0.3) ? 'cancelled' : 'failure';
    await actions.finish(judging, conclusion);
    return `${name}, ${conclusion}`;
  }

  async #endOverride(override: WorkflowRun): Promise<string | undefined> {
    const run = this.#trainedBy(override);
    if (run === undefined) return undefined;
    const comment = Number(override.inputs['comment']);
    const how = this.#one(['done', 'done', 'refused', 'failed'] as const) ?? 'done';
    const left: Left = {
      ...{ conclusion: 'success', title: 'digits accepted', isUntouched: false, isVerdict: true },
      trainedAttempt: run.attempt.number,
    };
    if (how !== 'failed')
      await this.town.leave(override, run, left, { outcome: outcomeOf(accepted()), override: how, comment });
    await this.town.world.actions.finish(override, how === 'failed' ? 'failure' : 'success');
    return how;
  }

  #comment(): string | undefined {
    const pull = this.#one(this.town.pulls);
    if (pull === undefined) return undefined;
    const by = this.#chance(0.1) ? this.town.bot : this.#person();
    const head = this.#chance(0.8) ? pull.headSha : (this.#one(this.#history.get(pull) ?? []) ?? '');
    const body =
      this.#one([
        ...['/retrain', '/retrain', '/retrain digits', '/retrain other', '/retrain dry-run', '/help', '/status'],
        ...[`/ok-to-train ${head}`, `/ok-to-train ${head}`, '/ok-to-train', '/retrian', '/statsu'],
        ...['/override accuracy@tenure=new reason="it is known"', '/override recall@overall reason="it is known"'],
        ...['/override recall@overall reason="it is known"', '/lgtm', 'What is /retrain?', '> /retrain'],
      ]) ?? '';
    const { id } = this.town.comment(pull, body, by);
    if (this.#chance(0.1)) this.town.comment(pull, body, by);
    return `${id} on ${named(pull)} by ${by.login}: ${body}`;
  }

  #edit(): string | undefined {
    const { issues } = this.town.repository;
    const comment = this.#one(issues.comments.filter(({ author }) => author.type === 'User'));
    if (comment === undefined) return undefined;
    issues.edit(comment, this.#one(['/retrain', 'Never mind.', `${comment.body} `]) ?? '', asPerson(comment.author));
    return `${comment.id}`;
  }

  #fault(): string {
    const { faults } = this.town.world.github;
    const answer =
      this.#one<Fault['answer']>([
        ...[secondaryLimit(3, 403), secondaryLimit(3, 429), secondaryLimit(3600, 403)],
        ...[serverError(500), serverError(502), serverError(503)],
        ...(['reset', 'reset', 'hang'] as const),
      ]) ?? 'reset';
    const isLimit = typeof answer === 'object' && answer.status < 500;
    const when = isLimit || this.#chance(0.5) ? 'before' : 'after';
    const operation = this.#one(OPERATIONS) ?? ANY;
    const [skip, times] = [this.#below(4), 1 + this.#below(this.#chance(0.2) ? 8 : 2)];
    faults.next({ answer, when, operation, skip, times: answer === 'hang' ? 1 : times });
    return `${typeof answer === 'string' ? answer : answer.status} ${when} ${String(operation)} skip ${skip} times ${times}`;
  }

  #kill(): string | undefined {
    const app = this.#one(this.town.living);
    if (app === undefined) return undefined;
    this.isCalm = false;
    this.town.kill(app);
    return `${this.town.living.length} left`;
  }

  #unfinished(path: string): readonly WorkflowRun[] {
    return this.town.repository.actions.runs.filter((run) => run.path === path && run.status !== 'completed');
  }

  #person(): Account {
    return this.#one(this.town.people) ?? this.town.world.owner;
  }

  #one<T>(of: readonly T[]): T | undefined {
    return of[this.#below(of.length)];
  }

  #below(most: number): number {
    return Math.floor(this.#random() * most);
  }

  #chance(of: number): boolean {
    return this.#random() < of;
  }
}

const ANY = /^(?!GET \/app$)/;
const OPERATIONS: readonly RegExp[] = [
  ANY,
  ANY,
  ANY,
  /^POST .*\/check-runs$/,
  /^PATCH .*\/check-runs/,
  /^POST .*\/issues\/\{issue_number\}\/comments$/,
  /^PATCH .*\/comments/,
  /^DELETE .*\/comments/,
  /^POST .*\/reactions$/,
  /^POST .*\/(?:rerun|approve|dispatches)$/,
  /^POST \/graphql$/,
  /^GET .*\/runs/,
  /^GET .*\/artifacts/,
  /^GET .*\/permission$/,
  /^POST .*\/access_tokens$/,
];

function named({ number, headSha }: PullRequest): string {
  return `#${number} ${headSha.slice(0, 7)}`;
}
