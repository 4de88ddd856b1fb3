import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accepted, rejected } from '../pullRequest/heads.ts';
import type { LoggedRequest } from '../github/gitHub.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import type { StandInRepository } from '../github/state/repository.ts';
import { graphQlPoints } from './graphQlPoints.ts';
import { AppWorld, modelsOf, PR, RULING } from './appWorld.ts';

/** What an installation is asked for, by what GitHub counts apart. The numbers are those of docs/app.md. */
interface Asked {
  /** Of 5,000 an hour. What has not changed since it was read by the same token is free. */
  readonly rest: number;
  /** Points, of 5,000 an hour. */
  readonly graphQl: number;
  /** What is written, by either. */
  readonly writes: number;
}

let world: AppWorld;
let seen: number;
let passedMs: number;
beforeEach(async () => {
  passedMs = 0;
  world = await AppWorld.open({ now: () => new Date(Date.now() + passedMs) });
  await world.start();
  await world.settled();
  seen = world.github.requests.length;
});
afterEach(() => world.close());

/** Since it was last looked. */
async function asked(): Promise<Asked> {
  return tally(await requests(), (request) => request.status !== 304);
}

async function requests(): Promise<readonly LoggedRequest[]> {
  await world.settled();
  // What it asks for as the App itself is counted with the App.
  const isOfInstallation = ({ actor, path }: LoggedRequest): boolean =>
    actor === 'touchstone[bot]' && !path.startsWith('/app');
  const since = world.github.requests.slice(seen).filter(isOfInstallation);
  seen = world.github.requests.length;
  return since;
}

function tally(all: readonly LoggedRequest[], isCounted: (request: LoggedRequest) => boolean): Asked {
  const graphQl = all.filter(({ operation }) => operation === 'POST /graphql');
  const rest = all.filter((request) => !graphQl.includes(request) && isCounted(request));
  const queries = graphQl.map(({ body }) => (body as { readonly query: string }).query);
  const mutations = queries.filter((query) => /^\s*mutation/.test(query));
  const written = rest.filter(({ method }) => method !== 'GET').length + mutations.length;
  const points = queries.reduce((sum, query) => sum + graphQlPoints(query), 0);
  return { rest: rest.length, graphQl: points, writes: written };
}

/** As `asked`, each question once and none free: so it is where the token is another than at the last look, an hour ago. */
async function askedAnew(): Promise<Asked> {
  const all = await requests();
  const questions = all.map(({ method, path, query }) => `${method} ${path}${query}`);
  return tally(all, (request) => {
    const at = all.indexOf(request);
    return request.method !== 'GET' || questions.indexOf(questions[at] ?? '') === at;
  });
}

function sum(parts: readonly Asked[]): Asked {
  return {
    rest: parts.reduce((total, { rest }) => total + rest, 0),
    graphQl: parts.reduce((total, { graphQl }) => total + graphQl, 0),
    writes: parts.reduce((total, { writes }) => total + writes, 0),
  };
}

/** Everything that is told of a push, one after the other and none together: the most that it comes to. */
async function pushed(pull: PullRequest, outcome: ReturnType<typeof modelsOf>): Promise<readonly Asked[]> {
  const { actions } = world;
  const parts = [await asked()];
  const after = async <T>(act: Promise<T>): Promise<T> => {
    const done = await act;
    parts.push(await asked());
    return done;
  };
  const run = await after(actions.start(pull, { path: PR }));
  await after(actions.begin(run));
  await after(actions.job(run, 'validate', { conclusion: 'success' }));
  if (outcome.kind === 'models') {
    await after(actions.job(run, 'train digits', { steps: [{ name: 'Train' }] }));
    await after(actions.job(run, 'train digits', { conclusion: 'success' }));
  }
  await after(actions.finish(run));
  const judging = await after(world.beginJudging(run));
  await after(world.endJudging(judging, run, outcome));
  return parts;
}

describe('a push', () => {
  it('that trains, in a repository that trained before', async () => {
    await pushed(await world.propose('before'), modelsOf([accepted()]));
    const pull = await world.propose('topic');
    const parts = await pushed(pull, modelsOf([accepted()]));
    expect(world.stands(pull)).toMatch(/^completed success/);
    expect(world.sticky(pull)).toHaveLength(1);
    expect(sum(parts)).toEqual({ rest: 19, graphQl: 17, writes: 8 });
  });

  it('that flips the verdict', async () => {
    const pull = await world.propose('topic');
    await pushed(pull, modelsOf([accepted()]));
    await world.repository.commit('topic', { 'train.py': 'train("worse")\n' }, { author: world.author });
    const parts = await pushed(pull, modelsOf([rejected()]));
    expect(world.stands(pull)).toMatch(/^completed failure/);
    expect(world.sticky(pull)).toHaveLength(1);
    expect(sum(parts)).toEqual({ rest: 22, graphQl: 18, writes: 11 });
  });

  it('that touches no model', async () => {
    const pull = await world.propose('topic', { 'README.md': '# Read me\n' });
    const parts = await pushed(pull, modelsOf([]));
    expect(world.stands(pull)).toBe('completed success: No model is touched');
    expect(sum(parts)).toEqual({ rest: 19, graphQl: 14, writes: 6 });
  });
});

describe('a comment', () => {
  let pull: PullRequest;
  beforeEach(async () => {
    pull = await world.propose('topic');
    await pushed(pull, modelsOf([accepted()]));
  });

  it('that is no command', async () => {
    await world.comment(pull, 'Looks good to me.');
    expect(await asked()).toEqual({ rest: 0, graphQl: 0, writes: 0 });
  });

  it('that asks for help', async () => {
    const comment = await world.comment(pull, '/help');
    expect(await asked()).toEqual({ rest: 5, graphQl: 3, writes: 2 });
    expect(world.reply(comment)).toContain('/retrain');
  });

  it('that asks to train again', async () => {
    const comment = await world.comment(pull, '/retrain');
    expect(await asked()).toEqual({ rest: 11, graphQl: 5, writes: 5 });
    expect(world.reply(comment)).toContain('Training again');
  });
});

describe('an idle hour', () => {
  const PULLS = 2;

  async function another(name: string, files: Readonly<Record<string, string>>): Promise<StandInRepository> {
    const repository = await world.github.createRepository(name, { owner: world.owner });
    await repository.commit('main', { 'README.md': '# Prices\n', ...files });
    return repository;
  }

  /** One round, at which nothing that failed is delivered again, and the token is the one of before. */
  async function looked(): Promise<void> {
    passedMs += 10 * 60_000;
    world.instances[0]?.touchstone.begin();
    await world.settled();
  }

  // At the first one, what failed before the App was there is delivered again.
  beforeEach(() => looked());

  it('of pull requests that are answered, by repository and by pull request', async () => {
    for (let number = 0; number < PULLS; number += 1) {
      await world.judge(await world.propose(`topic-${number}`), accepted());
    }
    await another('prices', RULING);
    await asked();
    await looked();
    await asked();
    await looked();
    // One list of repositories; of each that judges what is open, and what was written below it.
    const [list, repositories] = [1, 2];
    const graphQl = repositories + PULLS;
    // Once the runs that judged; of each pull request the runs of its head.
    expect(await askedAnew()).toEqual({ rest: list + repositories + 1 + PULLS, graphQl, writes: 0 });
    // By the same token only the comments are counted: each hour asks for others.
    expect(await looked().then(asked)).toEqual({ rest: repositories, graphQl, writes: 0 });
  });

  it('of a repository without Touchstone', async () => {
    await asked();
    const before = await looked().then(askedAnew);
    await another('prices', {});
    const after = await looked().then(askedAnew);
    expect({ rest: after.rest - before.rest, graphQl: after.graphQl - before.graphQl }).toEqual({
      rest: 0,
      graphQl: 1,
    });
  });

  it('of an App that has just started reads what was recorded, too', async () => {
    await world.judge(await world.propose('topic'), accepted());
    await asked();
    await world.stop();
    // Nothing failed lately.
    world.github.hooks.deliveries.length = 0;
    await world.start();
    // Repositories, comments, the runs of the head and those that judged; then its artifact, and what is in it.
    expect(await asked()).toEqual({ rest: 6, graphQl: 2, writes: 0 });
  });
});
