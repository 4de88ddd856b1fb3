import { appendFile, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { bundle, CONFIG, DATA, project, touchstone, TRAIN, type Ended } from './touchstone.ts';

interface Stage {
  readonly stage: string;
  readonly reused: boolean;
  readonly reusedFrom?: string;
}

/** A training that notes each time that it really runs. */
async function counted(
  config = CONFIG,
): Promise<{ readonly folder: string; readonly trainings: () => Promise<number> }> {
  const folder = await project({ 'touchstone.yml': config });
  const notes = path.join(folder, 'trainings.txt');
  await writeFile(path.join(folder, 'train.py'), `open(${JSON.stringify(notes)}, "a").write("x")\n${TRAIN}`);
  return { folder, trainings: () => readFile(notes, 'utf8').then((text) => text.length) };
}

/** Which stages of a run were spared. */
function spared(run: Ended): readonly string[] {
  expect(run.exitCode, run.stderr).toBe(0);
  const { stages } = JSON.parse(run.stdout) as { readonly stages: readonly Stage[] };
  expect(stages.map(({ stage }) => stage)).toEqual(['data', 'training', 'evaluation']);
  return stages.filter(({ reused }) => reused).map(({ stage }) => stage);
}

const run = (folder: string, ...more: readonly string[]): Promise<Ended> =>
  touchstone(folder, 'run', '--json', ...more);

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replaceAll(from, to));
}

/** All files below a folder, with what they hold. */
async function filesBelow(folder: string): Promise<readonly (readonly [name: string, bytes: Buffer])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
  return Promise.all(files.map(async (file) => [file, await readFile(file)] as const));
}

describe('a stage whose inputs did not change', () => {
  it('is not run again, says so, and is told in the report', async () => {
    const { folder, trainings } = await counted();
    const first = await run(folder);
    expect(spared(first)).toEqual([]);
    const second = await run(folder);
    expect(spared(second)).toEqual(['data', 'training', 'evaluation']);
    expect(await trainings()).toBe(1);
    expect(second.stderr).toMatch(/data of churn are unchanged since they were read 20/);
    expect(second.stderr).toMatch(/Training churn is spared/);
    expect(second.stderr).toMatch(/Judging churn is spared/);
    const markdown = await touchstone(folder, 'report', '--format', 'markdown');
    expect(markdown.stdout).toMatch(/Stage training \| inputs unchanged, found again from 20/);
    const { verdict, findings } = JSON.parse(second.stdout) as Record<string, unknown>;
    expect({ verdict, findings }).toEqual(
      (({ verdict, findings }) => ({ verdict, findings }))(JSON.parse(first.stdout) as Record<string, unknown>),
    );
  });

  it('is run again with --force', async () => {
    const { folder, trainings } = await counted();
    await run(folder);
    expect(spared(await run(folder, '--force'))).toEqual([]);
    expect(await trainings()).toBe(2);
  });

  it('is found by train, and by the run after it', async () => {
    const { folder, trainings } = await counted();
    expect((await touchstone(folder, 'train')).stdout).toMatch(/^Trained churn in/);
    expect((await touchstone(folder, 'train')).stdout).toMatch(/^Found churn again, trained 20/);
    expect(spared(await run(folder))).toEqual(['data', 'training']);
    expect((await touchstone(folder, 'train', '--force')).stdout).toMatch(/^Trained churn in/);
    expect(await trainings()).toBe(2);
  });

  it('is known by bytes, not by times', async () => {
    const { folder } = await counted();
    await run(folder);
    const data = path.join(folder, 'data.csv');
    const before = await stat(data);
    await utimes(data, new Date(), new Date());
    expect(spared(await run(folder))).toContain('data');
    // As long as before and as old as before, and other rows.
    await utimes(data, before.atime, before.mtime);
    await writeFile(data, DATA.replace('1,0,north', '1,1,north'));
    await utimes(data, before.atime, before.mtime);
    expect((await stat(data)).size).toBe(before.size);
    expect(spared(await run(folder))).toEqual([]);
  });
});

describe('a training', () => {
  it('is found again when code or parameters come back to what they were', async () => {
    const { folder, trainings } = await counted();
    const config = path.join(folder, 'touchstone.yml');
    await run(folder);
    await edit(config, 'timeout: 60s', 'timeout: 60s\n      seed: 5');
    expect(spared(await run(folder))).not.toContain('training');
    await edit(path.join(folder, 'train.py'), '>= 50', '>= 51');
    expect(spared(await run(folder))).not.toContain('training');
    expect(await trainings()).toBe(3);

    await edit(path.join(folder, 'train.py'), '>= 51', '>= 50');
    await edit(config, '\n      seed: 5', '');
    const back = await run(folder);
    expect(spared(back)).toEqual(['data', 'training', 'evaluation']);
    expect(await trainings()).toBe(3);
    // The candidate that lies there is the one that was judged.
    const predictions = await readFile(path.join(folder, '.touchstone/candidates/churn/predictions.csv'));
    const { training } = JSON.parse(back.stdout) as {
      readonly training: { readonly output: { readonly digest: string } };
    };
    expect(training.output.digest).toBe(digestOfBytes(predictions));
    expect((await touchstone(folder, 'register')).exitCode).toBe(0);
  });

  it('is not spared where its rows come in another order, though the dataset is the same', async () => {
    const { folder } = await counted();
    const before = JSON.parse((await run(folder)).stdout) as {
      readonly datasets: readonly { readonly digest: string }[];
    };
    const [header, ...rows] = DATA.trimEnd().split('\n');
    await writeFile(path.join(folder, 'data.csv'), `${[header, ...rows.toReversed()].join('\n')}\n`);
    const after = await run(folder);
    expect((JSON.parse(after.stdout) as typeof before).datasets[0]?.digest).toBe(before.datasets[0]?.digest);
    expect(spared(after)).not.toContain('training');
  });

  it('is spared where only what judges it changes', async () => {
    const { folder, trainings } = await counted();
    await run(folder);
    await edit(path.join(folder, 'touchstone.yml'), 'min: 0.7', 'min: 0.6');
    expect(spared(await run(folder))).toEqual(['data', 'training']);
    expect(await trainings()).toBe(1);
  });

  it('is done again where a variable that it is handed has another value, and no value is written down', async () => {
    const { folder, trainings } = await counted(CONFIG.replace('timeout: 60s', 'timeout: 60s\n      env: [HUB_TOKEN]'));
    const secrets = ['correct-horse-battery', 'staple-and-more'];
    const withToken = async (HUB_TOKEN: string): Promise<Ended> => {
      const { exitCode, stdout, stderr } = await execa(process.execPath, [bundle, 'run', '--json'], {
        cwd: folder,
        reject: false,
        env: { HUB_TOKEN },
      });
      return { exitCode, stdout, stderr };
    };
    const [first = '', second = ''] = secrets;
    await withToken(first);
    expect(spared(await withToken(first))).toContain('training');
    expect(spared(await withToken(second))).not.toContain('training');
    expect(spared(await withToken(first))).toContain('training');
    expect(await trainings()).toBe(2);

    const own = path.join(folder, '.touchstone');
    for (const [file, bytes] of await filesBelow(own)) {
      for (const secret of secrets) {
        expect(`${file}\n${bytes.toString('latin1')}`).not.toContain(secret);
        expect(`${file}\n${bytes.toString('latin1')}`).not.toContain(digestOfBytes(secret));
      }
    }
    if (process.platform !== 'win32') expect((await stat(path.join(own, 'cache/salt'))).mode & 0o777).toBe(0o600);
  });

  it('is done again, with a word, where what was kept of it is damaged', async () => {
    const { folder, trainings } = await counted();
    await run(folder);
    const kept = path.join(folder, '.touchstone/cache/candidates/churn');
    const [key = ''] = await readdir(kept);
    await appendFile(path.join(kept, key, 'predictions.csv'), '9999,yes\n');
    const again = await run(folder);
    expect(spared(again)).toEqual(['data', 'evaluation']);
    expect(again.stderr).toMatch(/churn is trained again: what was kept of the same training is damaged/);
    expect(await trainings()).toBe(2);
    expect(spared(await run(folder))).toContain('training');
  });

  it('has its candidate put back where somebody changed it', async () => {
    const { folder, trainings } = await counted();
    await run(folder);
    const candidate = path.join(folder, '.touchstone/candidates/churn/predictions.csv');
    const predictions = await readFile(candidate, 'utf8');
    await writeFile(candidate, 'id,prediction\n');
    expect(spared(await run(folder))).toContain('training');
    expect(await readFile(candidate, 'utf8')).toBe(predictions);
    expect(await trainings()).toBe(1);
  });
});

describe('data that were read', () => {
  it('are read again where what was kept of them is damaged', async () => {
    const { folder } = await counted();
    await run(folder);
    for (const [file, bytes] of await filesBelow(path.join(folder, '.touchstone/cache/inspections'))) {
      await writeFile(file, bytes.toString('utf8').replace('"rows":', '"rows":1'));
    }
    expect(spared(await run(folder))).toEqual(['training', 'evaluation']);
    for (const [file] of await filesBelow(path.join(folder, '.touchstone/row-keys'))) await appendFile(file, 'x');
    expect(spared(await run(folder))).toEqual(['training', 'evaluation']);
    expect(spared(await run(folder))).toContain('data');
  });

  it('are written for training once, and again where somebody changed them', async () => {
    const { folder } = await counted();
    await run(folder);
    const written = path.join(folder, '.touchstone/data/churn/train.csv');
    const rows = await readFile(written, 'utf8');
    const { ino } = await stat(written);
    await edit(path.join(folder, 'train.py'), '>= 50', '>= 51');
    await run(folder);
    expect((await stat(written)).ino).toBe(ino);

    await writeFile(written, rows.replaceAll(',yes', ',no'));
    await edit(path.join(folder, 'train.py'), '>= 51', '>= 52');
    await run(folder);
    expect(await readFile(written, 'utf8')).toBe(rows);
  });

  it('are read again where the split changed', async () => {
    const { folder } = await counted();
    await run(folder);
    await edit(path.join(folder, 'touchstone.yml'), 'holdout: 50%', 'holdout: 40%');
    expect(spared(await run(folder))).toEqual([]);
  });

  it('are validated where nothing can be written', async () => {
    const { folder } = await counted();
    // In place of the folder, so that it holds for every user.
    await writeFile(path.join(folder, '.touchstone'), '');
    const validated = await touchstone(folder, 'validate');
    expect([validated.exitCode, validated.stderr]).toEqual([0, 'Reading the data of churn']);
  });
});

describe('data that change while a run uses them', () => {
  it('end it before a verdict is put on record, and leave nothing that a later run would take', async () => {
    const { folder } = await counted();
    const data = path.join(folder, 'data.csv');
    const meddled = `open(${JSON.stringify(data)}, "a").write("401,1,north,no\\n")\n${TRAIN}`;
    await writeFile(path.join(folder, 'train.py'), meddled);
    const { exitCode, stdout, stderr } = await run(folder);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'data-changed' });
    expect(stderr).toMatch(/data\.csv: the file changed while it was being used\..*Run again once it is written/);
    expect(await filesBelow(folder)).not.toContainEqual([expect.stringContaining('verdicts'), expect.anything()]);
    await writeFile(data, DATA);
    await writeFile(path.join(folder, 'train.py'), TRAIN);
    expect(spared(await run(folder))).toEqual(['data']);
  });
});

describe('two runs in one folder', () => {
  it('go one after the other, and the second says for whom it waits', async () => {
    const { folder, trainings } = await counted();
    await edit(path.join(folder, 'train.py'), 'import csv', 'import time; time.sleep(1.5)\nimport csv');
    const [first, second] = await Promise.all([
      run(folder),
      new Promise((resolve) => setTimeout(resolve, 400)).then(() => run(folder)),
    ]);
    expect(spared(first)).toEqual([]);
    expect(spared(second)).toEqual(['data', 'training', 'evaluation']);
    expect(await trainings()).toBe(1);
    const waits = /^Another touchstone run \(process \d+, since \d\d:\d\d\) works in this folder; waiting$/m;
    expect([first.stderr, second.stderr].filter((stderr) => waits.test(stderr))).toHaveLength(1);
    expect(await readdir(path.join(folder, '.touchstone'))).not.toContain('lock');
  });
});
