import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { bundle, CONFIG, DATA, project, touchstone, TRAIN, type Ended } from './touchstone.ts';

const WORSE = TRAIN.replace('>= 50', '>= 10');

interface Run {
  readonly schema: string;
  readonly verdict: {
    readonly kind: string;
    readonly compared: boolean;
    readonly assurance: string;
    readonly blocks: boolean;
  };
  readonly findings: readonly {
    readonly id: string;
    readonly kind: string;
    readonly difference?: number;
    readonly interval?: readonly [number, number];
  }[];
  readonly holdout: { readonly rows: number; readonly dropped: number; readonly looks: number };
  readonly recalled: boolean;
}

function documentOf<T = Record<string, unknown>>({ stdout }: Ended): T {
  return JSON.parse(stdout) as T;
}

describe('the life of a model version on a laptop', () => {
  it('goes from the first run to a rollback', async () => {
    const folder = await project();

    const first = await touchstone(folder, 'run', '--json');
    expect(first.exitCode, first.stderr).toBe(0);
    expect(documentOf<Run>(first)).toMatchObject({
      schema: 'touchstone/run/v1',
      verdict: { kind: 'accepted', compared: false, assurance: 'advisory', blocks: false },
      findings: [{ id: 'accuracy@overall' }],
      holdout: { looks: 1 },
    });

    expect(documentOf(await touchstone(folder, 'register', '--json'))).toMatchObject({
      outcome: 'registered',
      version: 1,
    });
    expect(documentOf(await touchstone(folder, 'register', '--json'))).toMatchObject({
      outcome: 'already-registered',
      version: 1,
    });
    const dry = await touchstone(folder, 'promote', 'churn@v1', '--dry-run', '--json');
    expect(documentOf(dry)).toMatchObject({ outcome: 'would-promote' });
    const promoted = await touchstone(folder, 'promote', 'churn@v1', '--expect', 'none', '--json');
    expect(documentOf(promoted)).toMatchObject({ outcome: 'promoted', environment: 'production' });
    const again = await touchstone(folder, 'promote', 'churn@v1', '--json');
    expect([again.exitCode, documentOf(again)]).toMatchObject([0, { outcome: 'already_done' }]);

    await writeFile(path.join(folder, 'train.py'), WORSE);
    const worse = await touchstone(folder, 'run', '--json');
    expect(worse.exitCode, worse.stderr).toBe(1);
    const judged = documentOf<Run>(worse);
    expect(judged.verdict).toEqual({ kind: 'rejected', compared: true, assurance: 'advisory', blocks: true });
    const [finding] = judged.findings;
    expect(finding?.difference).toBeLessThan(0);
    expect(finding?.interval?.[1]).toBeLessThan(-0.05);

    // Registering is no judgement; promoting is.
    expect(documentOf(await touchstone(folder, 'register', '--json'))).toMatchObject({ version: 2 });
    const refused = await touchstone(folder, 'promote', 'churn@v2', '--json');
    expect([refused.exitCode, documentOf(refused)]).toMatchObject([
      1,
      { outcome: 'refused', reason_code: 'gate_not_passed', findings: [{ id: 'accuracy@overall' }] },
    ]);
    const moved = await touchstone(folder, 'promote', 'churn@v2', '--expect', 'none', '--json');
    expect([moved.exitCode, documentOf(moved)]).toMatchObject([1, { reason_code: 'baseline_moved' }]);
    const alone = await touchstone(folder, 'rollback', 'churn', '--reason', 'a try', '--json');
    expect([alone.exitCode, documentOf(alone)]).toMatchObject([1, { reason_code: 'nothing_to_roll_back_to' }]);

    await writeFile(path.join(folder, 'train.py'), TRAIN.replace('>= 50', '>= 51'));
    await touchstone(folder, 'train');
    expect(documentOf(await touchstone(folder, 'register', '--json'))).toMatchObject({ version: 3 });
    expect(documentOf(await touchstone(folder, 'promote', 'churn@v3', '--json'))).toMatchObject({
      outcome: 'promoted',
    });
    const back = await touchstone(folder, 'rollback', 'churn', '--reason', 'wrong threshold', '--json');
    expect(documentOf(back)).toMatchObject({ outcome: 'rolled-back', from: { version: 3 }, to: { version: 1 } });

    const { exitCode, stdout } = await touchstone(folder, 'registry', 'list');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/v1\s.*serves production/);
    expect((await touchstone(folder, 'registry', 'verify')).exitCode).toBe(0);
    const log = await touchstone(folder, 'registry', 'log', '--json');
    const events = documentOf<{ readonly events: readonly { readonly event: { readonly type: string } }[] }>(
      log,
    ).events;
    expect(events.map(({ event }) => event.type).sort()).toEqual([
      'promote',
      'promote',
      'register',
      'register',
      'register',
      'rollback',
    ]);
  });

  it('recalls a verdict instead of looking again, and counts looks by candidate', async () => {
    const folder = await project();
    await touchstone(folder, 'run');
    expect(documentOf<Run>(await touchstone(folder, 'run', '--json'))).toMatchObject({
      recalled: true,
      holdout: { looks: 1 },
    });
    await writeFile(path.join(folder, 'train.py'), WORSE);
    expect(documentOf<Run>(await touchstone(folder, 'run', '--json'))).toMatchObject({
      recalled: false,
      holdout: { looks: 2 },
    });
  });

  it('leaves no trace of a look that is not to be recorded', async () => {
    const folder = await project();
    const run = await touchstone(folder, 'run', '--no-record', '--json');
    expect([run.exitCode, documentOf<Run>(run).holdout.looks]).toEqual([0, 0]);
    expect(await readdir(path.join(folder, '.touchstone'))).not.toContain('registry');
  });

  it('calls the same bytes identical, whatever they are called', async () => {
    const folder = await project();
    for (const command of [['run'], ['register'], ['promote', 'churn@v1']]) await touchstone(folder, ...command);
    const again = documentOf<Run>(await touchstone(folder, 'run', '--json'));
    expect(again.verdict).toMatchObject({ kind: 'accepted', compared: true });
    expect(again.findings).toMatchObject([{ kind: 'identical', difference: 0 }]);
  });

  it('judges two files that nobody registered', async () => {
    const folder = await project();
    await touchstone(folder, 'run');
    const trained = path.join(folder, '.touchstone', 'candidates', 'churn', 'predictions.csv');
    const predictions = await readFile(trained, 'utf8');
    await writeFile(path.join(folder, 'a.csv'), predictions);
    await writeFile(path.join(folder, 'b.csv'), predictions.replaceAll(',no', ',yes'));
    const judged = await touchstone(folder, 'evaluate', '--candidate', 'b.csv', '--baseline', 'a.csv', '--json');
    expect([judged.exitCode, documentOf<Run>(judged).verdict.kind]).toEqual([1, 'rejected']);
    const other = await touchstone(folder, 'evaluate', '--candidate', 'a.csv', '--baseline', 'b.csv', '--json');
    expect([other.exitCode, documentOf<Run>(other).verdict.kind]).toEqual([0, 'accepted']);
  });

  it('notices a registry that somebody edited', async () => {
    const folder = await project();
    for (const command of [['run'], ['register'], ['promote', 'churn@v1']]) await touchstone(folder, ...command);
    const blobs = path.join(folder, '.touchstone/registry/blobs/sha256');
    const predictions = await readFile(path.join(folder, '.touchstone/candidates/churn/predictions.csv'), 'utf8');
    for (const name of await readdir(blobs)) {
      const blob = await readFile(path.join(blobs, name), 'utf8');
      if (blob === predictions) await writeFile(path.join(blobs, name), blob.replace(',no', ',yes'));
    }
    const verified = await touchstone(folder, 'registry', 'verify');
    expect(verified.exitCode).toBe(1);
    expect(verified.stdout).toMatch(/altered .*blobs\/sha256/);
  });

  it('prints a report again, in each format', async () => {
    const folder = await project();
    await touchstone(folder, 'run');
    expect((await touchstone(folder, 'report', '--format', 'markdown')).stdout).toMatch(/accepted/);
    expect((await touchstone(folder, 'report')).stdout).toMatch(/accuracy/);
    expect(documentOf(await touchstone(folder, 'report', '--format', 'json'))).toMatchObject({
      schema: 'touchstone/run/v1',
    });
    expect((await touchstone(folder, 'report', 'yesterday')).exitCode).toBe(2);
  });

  it('leaves rows out of the holdout that a model was trained on', async () => {
    const rows = DATA.split('\n').slice(1, 401);
    const folder = await project({
      'touchstone.yml': CONFIG.replace(
        /train: data\.csv\n\s+split: .*\n/,
        'train: train.csv\n      holdout: holdout.csv\n',
      ),
      'train.csv': `id,x,region,label\n${rows.slice(0, 210).join('\n')}\n`,
      'holdout.csv': `id,x,region,label\n${rows.slice(200).join('\n')}\n`,
    });
    const first = documentOf<Run>(await touchstone(folder, 'run', '--json'));
    expect(first.holdout).toMatchObject({ rows: 190, dropped: 10 });
    for (const command of [['register'], ['promote', 'churn@v1']]) await touchstone(folder, ...command);
    // What the champion was trained on stays out when the candidate is trained on less.
    await writeFile(path.join(folder, 'train.csv'), `id,x,region,label\n${rows.slice(0, 150).join('\n')}\n`);
    await writeFile(path.join(folder, 'train.py'), TRAIN.replace('>= 50', '>= 49'));
    const second = documentOf<Run>(await touchstone(folder, 'run', '--json'));
    expect(second.holdout).toMatchObject({ rows: 190, dropped: 10 });
  });

  it('ends with what it started when it is interrupted, and leaves no candidate', async () => {
    const folder = await project({ 'train.py': 'import time; print("asleep", flush=True); time.sleep(120)' });
    const running = execa(process.execPath, [bundle, 'run'], { cwd: folder, reject: false });
    await new Promise<void>((resolve) => {
      running.stderr.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('asleep')) resolve();
      });
    });
    running.kill('SIGINT');
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('Interrupted.');
    const left = await readdir(path.join(folder, '.touchstone'), { recursive: true });
    expect(left.filter((name) => /^(candidates|runs|work)[\\/]./.test(name))).toEqual([]);
  });
});
