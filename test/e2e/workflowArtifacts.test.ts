import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openWorld } from '../github/actions/world.ts';

import type { WorkflowRun } from '../github/state/actions.ts';
import type { World } from '../github/actions/world.ts';

let world: World;

beforeEach(async () => {
  world = await openWorld({
    runners: [
      { name: 'hosted', labels: ['ubuntu-latest'], kind: 'hosted' },
      { name: 'own', labels: ['self-hosted'], kind: 'self-hosted' },
    ],
  });
});

afterEach(async () => {
  await world.close();
});

const steps = (text: string, label = 'ubuntu-latest', more = ''): Promise<WorkflowRun> =>
  world.run(`on: push\n${more}\njobs:\n  a:\n    runs-on: ${label}\n    steps:\n${text}`);
const checkout = 'uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1';
const upload = 'uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a';
const download = 'uses: actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c';
const logOf = (run: WorkflowRun): string =>
  run
    .job('a')
    .steps.flatMap((step) => step.log)
    .join('\n');

describe('actions/checkout', () => {
  it('takes the commit that started the run, alone and with the token kept for later commands until the end', async () => {
    const run = await steps(`
      - { ${checkout} }
      - run: |
          echo "$(git rev-parse HEAD) $(git rev-list --count HEAD) on $(git branch --show-current)"
          git config --get-all "http.$GITHUB_SERVER_URL/.extraheader" | grep -c AUTHORIZATION
`);
    expect(logOf(run)).toContain(`${run.origin.sha} 1 on main\n1`);
    expect(run.job('a').steps.at(-2)?.name).toMatch(/^Post Run actions\/checkout/);
  });

  it('keeps no token where it is told not to', async () => {
    const run = await steps(`
      - { ${checkout}, with: { persist-credentials: false } }
      - run: git config --list --show-origin | grep -ci -e extraheader -e ghs_ || true
`);
    expect(logOf(run)).toMatch(/\n0$/);
  });

  it('takes a ref, a history, a folder, a part of the tree', async () => {
    const sha = await world.repository.commit('dev', { 'dev.txt': 'dev', 'sub/x.txt': 'x', 'other/y.txt': 'y' });
    const run = await steps(`
      - { ${checkout}, with: { ref: dev, path: dev, fetch-depth: 0 } }
      - { ${checkout}, with: { ref: ${sha}, path: one, sparse-checkout: sub } }
      - run: |
          cd dev; echo "$(git rev-list --count HEAD | grep -c '[2-9]') $(git branch --show-current) $(cat dev.txt)"
          cd ../one; echo "[$(git branch --show-current)] $(ls)"
`);
    expect(logOf(run)).toContain('1 dev dev\n[] README.md\ndev.txt\nsub');
  });

  it('cleans a folder that stays, ignored files too, unless told not to', async () => {
    await world.repository.commit('main', { '.gitignore': 'cache/' });
    const file = (clean: boolean): string => `
      - { ${checkout}, with: { clean: ${clean} } }
      - run: ls -A | sort | tr '\\n' ' '; mkdir -p cache; echo x > cache/x; echo y > y
`;
    expect(logOf(await steps(file(true), 'self-hosted'))).not.toContain('cache y');
    expect(logOf(await steps(file(false), 'self-hosted', '# again'))).toContain('README.md cache y');
    expect(logOf(await steps(file(true), 'self-hosted', '# again'))).not.toMatch(/README.md cache/);
  });

  it('reads no more than its token may', async () => {
    const other = await world.github.createRepository('other', { private: true });
    await other.commit('main', { a: 'a' });
    const run = await steps(`      - { ${checkout}, with: { repository: octocat/other } }`);
    expect(run.conclusion).toBe('failure');
    expect(logOf(run)).toContain('could not read octocat/other: 404');
    world.repository.isPrivate = true;
    const hidden = await steps(`      - { ${checkout} }`, 'ubuntu-latest', 'permissions: { issues: read }');
    expect(logOf(hidden)).toContain('403 Resource not accessible by integration');
  });

  it.each(['workflow_run', 'pull_request_target'])('refuses the code of a fork under %s', async (event) => {
    const person = world.github.createUser('someone');
    const fork = await world.github.createRepository('churn', { owner: person, forkOf: world.repository });
    world.repository.allow(person, 'read');
    world.repository.settings.forkApproval = 'first_time_contributors';
    const sha = await fork.commit('evil', { 'evil.sh': 'echo' });
    const on = event === 'workflow_run' ? '{ workflow_run: { workflows: [pr], types: [completed] } }' : event;
    const refs = [sha, 'refs/pull/1/merge', ''].map(
      (ref, at) => `
  j${at}: { runs-on: ubuntu-latest, steps: [{ ${checkout}, with: { ref: "${ref}" } }] }`,
    );
    await world.workflows({
      'pr.yml': 'name: pr\non: pull_request\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: echo }] } }',
      'judge.yml': `name: judge\non: ${on}\njobs:${refs.join('')}
  open: { runs-on: ubuntu-latest, steps: [{ ${checkout}, with: { ref: "${sha}", allow-unsafe-pr-checkout: true } }] }`,
    });
    await world.propose('evil', fork);
    await world.actions.idle();
    const run = world.actions.latest(world.repository, 'judge');
    expect(run.jobs.map((job) => job.conclusion)).toEqual(['failure', 'failure', 'success', 'success']);
    expect(run.log).toContain(`Refusing to check out fork pull request code from a '${event}' workflow.`);
  });
});

describe('actions/upload-artifact and actions/download-artifact', () => {
  it('hand files from job to job, hidden ones only where asked', async () => {
    const run = await world.run(`
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: mkdir -p out/sub out/.cache; echo 1 > out/a; echo 2 > out/sub/b; echo 3 > out/.env; echo 4 > out/.cache/c; echo 5 > out/no.tmp
      - { ${upload}, with: { name: plain, path: "out\\n!out/*.tmp" } }
      - { ${upload}, with: { name: all, path: out, include-hidden-files: true } }
      - { ${upload}, with: { name: one, path: out/sub/b } }
      - { ${upload}, with: { name: globbed, path: "out/**/b" } }
      - { ${upload}, with: { name: two, path: "out/a\\nout/sub/b" } }
  b:
    needs: a
    runs-on: ubuntu-latest
    steps:
      - { ${download}, with: { path: all } }
      - { ${download}, with: { name: one, path: one } }
      - { ${download}, with: { pattern: "{one,two}", path: merged, merge-multiple: true } }
      - run: find . -type f | sort
`);
    expect(
      run
        .job('b')
        .steps.flatMap((step) => step.log)
        .filter((line) => line.startsWith('./')),
    ).toEqual([
      ...['./all/all/.cache/c', './all/all/.env', './all/all/a', './all/all/no.tmp', './all/all/sub/b'],
      './all/globbed/sub/b',
      './all/one/b',
      ...['./all/plain/a', './all/plain/sub/b'],
      ...['./all/two/a', './all/two/sub/b'],
      ...['./merged/a', './merged/b', './merged/sub/b'],
      './one/b',
    ]);
  });

  it('keep names unique in a run, unless told to overwrite', async () => {
    const file = (overwrite: boolean): string => `
      - run: echo 1 > a
      - { ${upload}, with: { path: a } }
      - { ${upload}, with: { path: a, overwrite: ${overwrite} } }
`;
    const refused = await steps(file(false));
    expect(refused.conclusion).toBe('failure');
    expect(logOf(refused)).toContain('(409) Conflict');
    expect((await steps(file(true))).conclusion).toBe('success');
  });

  it('say when there is nothing', async () => {
    const file = (how: string): string => `      - { ${upload}, with: { path: none, if-no-files-found: ${how} } }`;
    expect((await steps(file('error'))).conclusion).toBe('failure');
    expect((await steps(file('warn'))).annotations).toHaveLength(1);
    expect((await steps(file('ignore'))).annotations).toHaveLength(0);
    const missing = await steps(`      - { ${download}, with: { name: none } }`);
    expect(logOf(missing)).toContain('Artifact not found for name: none');
  });

  it('reach another run with a token that may read it, and not without', async () => {
    const first = await steps(`      - { run: echo 1 > a }\n      - { ${upload}, with: { path: a } }`);
    const fetch = (permission: string): Promise<WorkflowRun> =>
      steps(
        `      - { ${download}, with: { run-id: ${first.id}, github-token: "\${{ github.token }}" } }\n      - run: cat artifact/a`,
        'ubuntu-latest',
        `permissions: { ${permission} }`,
      );
    expect((await fetch('actions: read')).conclusion).toBe('success');
    world.repository.isPrivate = true;
    const refused = await fetch('contents: read');
    expect(refused.conclusion).toBe('failure');
    expect(logOf(refused)).toContain('403');
  });
});
