import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openWorld } from '../github/actions/world.ts';
import { dependabot } from '../github/actions/occurrences.ts';

import type { StandInRepository } from '../github/state/repository.ts';
import type { World } from '../github/actions/world.ts';

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(async () => {
  await world.close();
});

/** Says what its token may do by trying it: sets a status. */
const setStatus = `curl -s -o /dev/null -w '%{http_code}' -H "authorization: Bearer $TOKEN" -H content-type:application/json -X POST $GITHUB_API_URL/repos/$GITHUB_REPOSITORY/statuses/$(jq -r .pull_request.head.sha $GITHUB_EVENT_PATH) -d '{"state":"success"}'`;
const pr = `
name: pr
on: pull_request
permissions: { contents: read, statuses: write }
jobs:
  a:
    runs-on: ubuntu-latest
    env: { TOKEN: "\${{ github.token }}" }
    steps:
      - uses: actions/checkout@v7.0.1
      - run: |
          echo "ref=$GITHUB_REF head=$GITHUB_HEAD_REF base=$GITHUB_BASE_REF parents=$(git cat-file -p HEAD | grep -c ^parent) depth=$(git rev-list --count HEAD)"
          echo "sha=$GITHUB_SHA $(git rev-parse HEAD) files=$(ls | tr '\\n' ' ')"
          echo "secret=[\${{ secrets.KEY }}] status=$(${setStatus})"
  none:
    runs-on: ubuntu-latest
    permissions: {}
    env: { TOKEN: "\${{ github.token }}" }
    steps: [{ run: 'echo "status=$(${setStatus.replaceAll("'", "''")})"' }]
`;
const logOf = (name = 'pr'): string => world.actions.latest(world.repository, name).log;

async function fork(owner: string): Promise<StandInRepository> {
  return world.github.createRepository('churn', {
    owner: world.github.account(owner) ?? world.github.createUser(owner),
    forkOf: world.repository,
  });
}

describe('a pull request', () => {
  it('runs on its test merge, with the files of its own, and a token of the permissions named', async () => {
    world.repository.actions.secrets.set('KEY', 'key');
    await world.workflows({
      'pr.yml': 'on: pull_request\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: "echo old" }] } }',
    });
    const head = await world.repository.commit('change', { 'change.txt': 'x', '.github/workflows/pr.yml': pr });
    await world.repository.commit('main', { 'later.txt': 'y' });
    const pull = await world.propose('change');
    await world.actions.idle();
    const run = world.actions.latest(world.repository, 'pr');
    const merge = await world.repository.resolve(`refs/pull/${pull.number}/merge`);
    expect(run.origin).toMatchObject({ headSha: head, headBranch: 'change', sha: merge });
    expect(logOf()).toContain('ref=refs/pull/1/merge head=change base=main parents=2 depth=1');
    expect(logOf()).toContain(`sha=${merge} ${merge} files=README.md change.txt later.txt`);
    expect(logOf()).toContain('secret=[***] status=201');
    expect(logOf()).toContain('status=403');
    expect(world.github.violations).toEqual([]);
  });

  it('that cannot be merged starts nothing', async () => {
    await world.workflows({ 'pr.yml': pr });
    await world.repository.commit('change', { 'README.md': 'one' });
    await world.repository.commit('main', { 'README.md': 'two' });
    await world.propose('change');
    await world.actions.idle();
    expect(world.actions.runsOf(world.repository, 'pr')).toEqual([]);
  });

  it('starts nothing where its commit says so', async () => {
    await world.workflows({ 'pr.yml': pr });
    await world.repository.commit('change', { x: 'one' }, { message: 'Try [skip ci]' });
    await world.propose('change');
    await world.actions.idle();
    expect(world.actions.runsOf(world.repository, 'pr')).toEqual([]);
  });
});

describe("a job's token", () => {
  it('is worth nothing once the job is over', async () => {
    const run = await world.run(`
on: push
jobs: { a: { runs-on: ubuntu-latest, outputs: { t: "\${{ steps.s.outputs.t }}" }, steps: [{ id: s, env: { T: "\${{ github.token }}" }, run: 'echo t=$(echo $T | rev) >> $GITHUB_OUTPUT' }] } }
`);
    const token = [...(run.job('a').outputs['t'] ?? '')].reverse().join('');
    expect(token).toMatch(/^ghs_/);
    expect((await fetch(world.repository.url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });
});

describe("a fork's pull request", () => {
  it('waits for approval of somebody new, then reads only and has no secrets', async () => {
    world.repository.actions.secrets.set('KEY', 'key');
    await world.workflows({
      'pr.yml': pr,
      'target.yml': pr.replace('name: pr', 'name: target').replace('on: pull_request', 'on: pull_request_target'),
    });
    const theirs = await fork('someone');
    const head = await theirs.commit('change', { 'change.txt': 'x' });
    await world.propose('change', theirs);
    await world.actions.idle();
    const run = world.actions.latest(world.repository, 'pr');
    expect(run).toMatchObject({ status: 'completed', conclusion: 'action_required', jobs: [] });
    expect(run.origin).toMatchObject({ headSha: head, headRepository: theirs, pullRequests: [] });
    // What runs on the default branch waits for nobody.
    expect(logOf('target')).toContain('ref=refs/heads/main head=change base=main parents=1 depth=1');
    expect(logOf('target')).toContain('secret=[***] status=201');

    const approve = (token: string): Promise<Response> =>
      fetch(`${world.repository.url}/actions/runs/${run.id}/approve`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await approve(world.github.token({ user: theirs.owner }))).status).toBe(403);
    expect((await approve(world.github.token({ user: world.owner }))).status).toBe(201);
    await world.actions.idle();
    expect(run.conclusion).toBe('success');
    expect(run.attempt.number).toBe(1);
    expect(logOf()).toContain('secret=[] status=403');
    expect(logOf()).toContain('change.txt');
  });

  it('waits for nobody once one was merged, unless the repository asks it of all', async () => {
    await world.workflows({ 'pr.yml': pr });
    const theirs = await fork('someone');
    await theirs.commit('first', { 'first.txt': 'x' });
    const first = await world.propose('first', theirs);
    await world.repository.pulls.merge(first, 'merge', { kind: 'user', account: world.owner, token: '' });
    await theirs.commit('second', { 'second.txt': 'x' });
    await world.propose('second', theirs);
    await world.actions.idle();
    expect(world.actions.runsOf(world.repository, 'pr').map((run) => run.conclusion)).toEqual([
      'action_required',
      'success',
    ]);
    world.repository.settings.forkApproval = 'all_external_contributors';
    await theirs.commit('second', { 'third.txt': 'x' });
    await world.actions.idle();
    expect(world.actions.latest(world.repository, 'pr').conclusion).toBe('action_required');
  });

  it('of Dependabot is treated like one', async () => {
    world.repository.actions.secrets.set('KEY', 'key');
    await world.workflows({ 'pr.yml': pr });
    const { bot } = world.github.createApp('dependabot', { owner: world.owner, publicKey: '', permissions: {} });
    expect(bot.login).toBe(dependabot);
    world.repository.allow(bot, 'write');
    const sha = await world.repository.commit('bump', { 'bump.txt': 'x' });
    await world.repository.pulls.open({
      title: 'Bump',
      head: { repository: world.repository, ref: 'bump', sha },
      base: { ref: 'main', sha: (await world.repository.resolve('main')) ?? '' },
      by: { kind: 'user', account: bot, token: '' },
    });
    await world.actions.idle();
    expect(logOf()).toContain('secret=[] status=403');
  });
});

describe('a run after a run', () => {
  it('is of the default branch, knows the run before by name and path, and writes even for a fork', async () => {
    world.repository.actions.secrets.set('KEY', 'key');
    const judge = (says: string): string => `
name: judge
on: { workflow_run: { workflows: [pr], types: [completed] } }
permissions: { statuses: write }
jobs:
  a:
    runs-on: ubuntu-latest
    env: { TOKEN: "\${{ github.token }}" }
    steps:
      - run: echo "${says} $GITHUB_REF \${{ github.event.workflow_run.path }} \${{ github.event.workflow_run.conclusion }} \${{ toJSON(github.event.workflow_run.pull_requests[0].number) }} [\${{ secrets.KEY }}]"
      - run: |
          curl -s -o /dev/null -w '%{http_code}' -H "authorization: Bearer $TOKEN" -H content-type:application/json -X POST $GITHUB_API_URL/repos/$GITHUB_REPOSITORY/statuses/\${{ github.event.workflow_run.head_sha }} -d '{"state":"success"}'
`;
    await world.workflows({ 'pr.yml': pr, 'judge.yml': judge('default') });
    // A second file of that name counts by its name; what the branch says of judge.yml does not count at all.
    await world.repository.commit('change', {
      '.github/workflows/judge.yml': judge('branch'),
      '.github/workflows/zz.yml': pr,
    });
    const pull = await world.propose('change');
    await world.actions.idle();
    const runs = world.actions.runsOf(world.repository, 'judge');
    const lines = runs.map((run) => run.log);
    expect(lines).toHaveLength(2);
    expect(lines.join('\n')).toContain(`default refs/heads/main .github/workflows/pr.yml success ${pull.number} [***]`);
    expect(lines.join('\n')).toContain(`default refs/heads/main .github/workflows/zz.yml success ${pull.number} [***]`);
    expect(lines.every((line) => line.endsWith('201'))).toBe(true);
    expect(runs[0]?.origin).toMatchObject({ headBranch: 'main', headSha: await world.repository.resolve('main') });

    const theirs = await fork('someone');
    world.repository.allow(theirs.owner, 'read');
    await theirs.commit('theirs', { x: 'y' });
    await world.propose('theirs', theirs);
    await world.actions.idle();
    expect(world.actions.latest(world.repository, 'judge').log).toContain('pr.yml success null [***]');
    expect(world.actions.latest(world.repository, 'judge').log).toMatch(/201$/);
  });

  it('is not started by what a workflow itself does', async () => {
    await world.workflows({
      'push.yml': `
name: push
on: push
permissions: { contents: write }
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: |
          curl -sf -H "authorization: Bearer \${{ github.token }}" -H content-type:application/json -X POST $GITHUB_API_URL/repos/$GITHUB_REPOSITORY/git/refs -d "{\\"ref\\":\\"refs/heads/made\\",\\"sha\\":\\"$GITHUB_SHA\\"}"
`,
    });
    await world.actions.idle();
    expect(await world.repository.resolve('made')).toBeDefined();
    expect(world.actions.runsOf(world.repository, 'push')).toHaveLength(1);
  });
});
