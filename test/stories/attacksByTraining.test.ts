import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobRecord } from '../github/state/actions.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import { BAD, GOOD, quickTeam, TRAIN } from './quickTeam.ts';
import type { Team } from './team.ts';

const REJECTED = { conclusion: 'failure', title: 'churn rejected: accuracy 0.600 (≥ 0.9)' };

/** The environments of all processes above, as whoever runs as the same person may read them. */
const SPY = `
import { readFileSync } from 'node:fs';
function environmentsAbove() {
  const found = [];
  for (let pid = process.ppid; pid > 1; ) {
    try {
      const lines = readFileSync('/proc/' + pid + '/environ', 'utf8').split('\\0').filter((line) => line.includes('='));
      found.push(Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])));
      pid = Number(readFileSync('/proc/' + pid + '/stat', 'utf8').replace(/^.*\\) /s, '').split(' ')[1]);
    } catch { break; }
  }
  return found;
}
const runner = environmentsAbove().find((env) => env.RUNNER_TOOL_CACHE !== undefined);
if (runner === undefined) throw new Error('No runner is above');
`;

describe('training code', () => {
  let team: Team;
  beforeAll(async () => {
    team = await quickTeam();
  });
  afterAll(() => team.close());

  const jobsOf = (pull: PullRequest, workflow: string): readonly JobRecord[] =>
    team
      .runs(workflow)
      .filter(({ origin, displayTitle }) => origin.headSha === pull.headSha || displayTitle.includes(pull.headSha))
      .flatMap(({ jobs }) => jobs);
  const trained = (pull: PullRequest): JobRecord => {
    const job = jobsOf(pull, 'touchstone-pr').find(({ name }) => name === 'train churn');
    if (job === undefined) throw new Error(team.actions.report());
    return job;
  };
  const logOf = ({ steps }: JobRecord): string => steps.flatMap(({ log }) => log).join('\n');

  it('gives the runner no orders by what it prints', async () => {
    const orders = [
      '::error file=train.mjs,line=1::forged',
      '  ::warning::forged',
      '::notice title=forged::forged',
      '::add-mask::churn',
      '::set-output name=candidate::/elsewhere',
      '::set-env name=PATH::/elsewhere',
      '::add-path::/elsewhere',
      '::add-matcher::elsewhere.json',
      '::stop-commands::forged',
      '::forged::',
      '::group::forged',
    ];
    const pull = await team.propose('orders', {
      ...GOOD,
      'train.mjs': `${TRAIN}
for (const line of ${JSON.stringify(orders)}) {
  process.stdout.write(line + '\\r\\n');
  process.stderr.write('half a line\\r' + line + '\\n' + line + '\\n');
}
`,
    });
    await team.settle();
    const job = trained(pull);
    expect(logOf(job)).toContain('::set-output name=candidate::/elsewhere');
    expect(job.steps.flatMap(({ annotations }) => annotations)).toEqual([]);
    expect(logOf(job)).not.toContain('***');
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'success' });
  });

  it('finds no token: not in its own environment, nor above it, nor in the checkout', async () => {
    const pull = await team.propose('spy', {
      ...GOOD,
      'train.mjs': `${TRAIN}${SPY}
const read = (file) => { try { return readFileSync(file, 'utf8'); } catch { return ''; } };
const checkout = read(runner.GITHUB_WORKSPACE + '/.git/config');
const seen = { own: process.env, runner, checkout, home: read(process.env.HOME + '/.gitconfig') };
console.log('SEEN ' + Buffer.from(JSON.stringify(seen)).toString('base64') + ' END');
`,
    });
    await team.settle();
    const [, encoded = ''] = /SEEN (\S+) END/.exec(logOf(trained(pull))) ?? [];
    const text = Buffer.from(encoded, 'base64').toString();
    const seen = JSON.parse(text) as {
      readonly own: Readonly<Record<string, string>>;
      readonly runner: Readonly<Record<string, string>>;
      readonly checkout: string;
    };
    expect(Object.keys(seen.own).filter((name) => /^(GITHUB|ACTIONS|INPUT|RUNNER)_/.test(name))).toEqual([
      'RUNNER_TRACKING_ID',
    ]);
    expect(seen.runner).toHaveProperty('GITHUB_OUTPUT');
    expect(seen.checkout).toContain('[core]');
    expect(text).not.toMatch(/gh[a-z]_|github_pat_|extraheader|basic [a-z0-9+/]{8}/i);
  });

  it('that writes into the files of its runner is judged by the bytes that come of it', async () => {
    const pull = await team.propose('takes-over', {
      ...BAD,
      'train.mjs': `${TRAIN}${SPY}
import { appendFileSync, chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
const elsewhere = runner.RUNNER_TEMP + '/elsewhere';
mkdirSync(elsewhere, { recursive: true });
cpSync('model.bin', elsewhere + '/model.onnx');
writeFileSync(elsewhere + '/candidate.json', JSON.stringify({ schema: 'touchstone/candidate/v1', model: 'churn', claimed: { metrics: { accuracy: 1 } } }));
for (const tool of ['git', 'tar', 'unshare']) {
  writeFileSync(elsewhere + '/' + tool, '#!/bin/sh\\ntouch ' + runner.RUNNER_TEMP + '/obeyed\\n');
  chmodSync(elsewhere + '/' + tool, 0o755);
}
appendFileSync(runner.GITHUB_OUTPUT, 'candidate=' + elsewhere + '\\n');
appendFileSync(runner.GITHUB_PATH, elsewhere + '\\n');
appendFileSync(runner.GITHUB_ENV, 'GITHUB_TOKEN=forged\\nTOUCHSTONE=forged\\n');
appendFileSync(runner.GITHUB_STEP_SUMMARY, '# churn accepted\\n');
`,
    });
    await team.settle();
    // It could: what it wrote stands in the summary of the step.
    expect(
      trained(pull)
        .steps.map(({ summary }) => summary)
        .join('\n'),
    ).toContain('# churn accepted');
    expect(await team.check(pull.headSha)).toMatchObject(REJECTED);
    // Nothing of it came over to where it is judged.
    const judging = team.runs('touchstone-judge').at(-1)?.jobs ?? [];
    expect(judging.map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
    expect(judging.map(logOf).join('\n')).not.toContain('forged');
  });

  it('that writes into the tool cache of its machine is judged elsewhere, and the next one is not trained on it', async () => {
    const writing = (part: string): string => `${TRAIN}${SPY}
import { readdirSync, unlinkSync, writeFileSync } from 'node:fs';
const cache = runner.RUNNER_TOOL_CACHE + '/touchstone-${part}';
for (const file of readdirSync(cache, { recursive: true }).filter((name) => /\\.(js|node)$/.test(name))) {
  // A new file: the old one may have other names.
  unlinkSync(cache + '/' + file);
  writeFileSync(cache + '/' + file, 'process.stdout.write("OBEYED\\\\n");');
}
`;
    const pull = await team.propose('tool-cache', { ...BAD, 'train.mjs': writing('duckdb') });
    await team.settle();
    expect(await team.check(pull.headSha)).toMatchObject(REJECTED);
    const next = await team.propose('next', GOOD);
    await team.settle();
    expect(await team.check(next.headSha)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringContaining('training failed') as string,
    });
    expect(logOf(trained(next))).toContain('duckdb was not loaded');
    expect(logOf(trained(next))).not.toContain('OBEYED');
  });
});
