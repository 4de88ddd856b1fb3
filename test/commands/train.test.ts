import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { readCandidate } from '../../src/adapters/training/candidateFiles.ts';
import { applyTraining } from '../../src/commands/train.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import type { OutputLine } from '../../src/training/commandRun.ts';
import { mistakeIn } from '../fakes/mistakeOf.ts';
import { git, HOST, repository } from '../fakes/gitRepository.ts';
import { temporaryFolder, writeFiles } from '../fakes/temporaryFolder.ts';
import { NOW, plan, ports, train, writes } from './trainingWorld.ts';

const project = (script: string, files: { readonly [name: string]: string } = {}): Promise<string> =>
  temporaryFolder({ 'train.mjs': script, 'data.csv': 'id,digit\n1,7\n', ...files });

const own = (root: string): string[] => {
  const folder = path.join(root, '.touchstone');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name !== '.gitignore')
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .toSorted();
};

describe('a training that ends well', () => {
  it('leaves a candidate: the output, its other files, the log and where all comes from', async () => {
    const script = `${writes({ 'model.onnx': 'bytes', 'deep/labels.txt': 'a', 'junk.tmp': 'j', 'metrics.json': '{"accuracy": NaN}' })}
      console.log('epoch 1');`;
    const root = await project(script);
    const { candidate, folder, warnings } = await train(root, { files: ['deep/*'] });
    expect(folder).toBe(path.join(root, '.touchstone/candidates/digits'));
    expect(own(root)).toEqual(
      ['candidate.json', 'deep/labels.txt', 'model.onnx', 'train.log'].map((name) => `candidates/digits/${name}`),
    );
    expect(candidate.output).toEqual({ path: 'model.onnx', digest: digestOfBytes('bytes'), bytes: 5 });
    expect(candidate.files).toEqual([{ path: 'deep/labels.txt', digest: digestOfBytes('a'), bytes: 1 }]);
    expect(candidate.claimed).toEqual({ metrics: { accuracy: 'NaN' } });
    expect(candidate.startedAt).toBe(NOW.toISOString());
    expect(candidate.inputs).toMatchObject({ command: ['node', 'train.mjs'], params: { rate: 0.1 }, seed: 7 });
    expect(warnings).toEqual([]);
    expect(await readFile(path.join(folder, 'train.log'), 'utf8')).toBe('epoch 1\n');
    expect(await readCandidate(folder)).toEqual(candidate);
  });

  it('runs in a folder that holds the declared inputs alone, executable as they were', async () => {
    const script = `
      import { readdirSync, statSync } from 'node:fs';
      console.log(readdirSync('.', { recursive: true }).toSorted().join(' '));
      console.log((statSync('tools/run.sh').mode & 0o111) !== 0, (statSync('train.mjs').mode & 0o111) !== 0);
      ${writes({ 'model.onnx': 'm' })}`;
    const root = await project(script, { 'tools/run.sh': '#!/bin/sh', 'secret.txt': 's', 'holdout.csv': 'h' });
    await chmod(path.join(root, 'tools/run.sh'), 0o755);
    await symlink('secret.txt', path.join(root, 'linked.txt'));
    const lines: OutputLine[] = [];
    await train(root, { inputs: ['train.mjs', 'tools', 'linked.txt'] }, { lines });
    expect(lines.map((line) => line.text)).toEqual(['linked.txt tools tools/run.sh train.mjs', 'true false']);
  });

  it('gets its rows as a copy that is alone in its folder: it can spoil no dataset', async () => {
    const script = `
      import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
      const file = process.env.TOUCHSTONE_TRAIN_DATA;
      console.log(readdirSync(process.env.SM_CHANNEL_TRAINING).join(), JSON.stringify(readFileSync(file, 'utf8')));
      console.log((statSync(file).mode & 0o222) === 0);
      chmodSync(file, 0o644);
      writeFileSync(file, 'spoilt');
      ${writes({ 'model.onnx': 'm' })}`;
    const root = await project(script);
    const lines: OutputLine[] = [];
    await train(root, {}, { lines });
    expect(lines.map((line) => line.text)).toEqual(['train.csv "id,digit\\n1,7\\n"', 'true']);
    expect(await readFile(path.join(root, 'data.csv'), 'utf8')).toBe('id,digit\n1,7\n');
  });

  it('replaces the candidate before it, whole', async () => {
    const root = await project(writes({ 'model.onnx': 'first', 'old.txt': 'o' }));
    await train(root, { files: ['old.txt'] });
    await writeFiles(root, { 'train.mjs': writes({ 'model.onnx': 'second' }) });
    const { folder } = await train(root);
    expect(readdirSync(folder).toSorted()).toEqual(['candidate.json', 'model.onnx', 'train.log']);
    expect((await readCandidate(folder)).output.digest).toBe(digestOfBytes('second'));
  });

  it('two at once leave one candidate, whole', async () => {
    const root = await project(writes({ 'model.onnx': 'm' }));
    const outcomes = await Promise.all([train(root), train(root), train(root)]);
    expect(own(root)).toHaveLength(3);
    await readCandidate(outcomes[0].folder);
  });

  it('warns of a claim that cannot be read', async () => {
    const root = await project(
      writes({ 'model.onnx': 'm', 'metrics.json': 'accuracy: 0.99', 'params.json': '{"a": 1}' }),
    );
    const { candidate, warnings } = await train(root);
    expect(candidate.claimed).toEqual({ params: { a: 1 } });
    expect(warnings).toEqual(['metrics.json is left out of the report: it is not JSON.']);
  });

  it('hands on the variables that train.env names, and no others', async () => {
    const root = await project(
      `console.log(process.env.HF_TOKEN, process.env.OTHER); ${writes({ 'model.onnx': 'm' })}`,
    );
    const lines: OutputLine[] = [];
    const host = ports({ HF_TOKEN: 'token', OTHER: 'other' });
    await train(root, { env: ['HF_TOKEN'] }, { lines, ports: host });
    expect(lines.map((line) => line.text)).toEqual(['token undefined']);
  });

  it('runs train.setup.command first, in the same folder', async () => {
    const root = await project(`
      import { readFileSync } from 'node:fs';
      console.log('found', readFileSync('made.txt', 'utf8'));
      ${writes({ 'model.onnx': 'm' })}`);
    const lines: OutputLine[] = [];
    await train(
      root,
      { setup: { kind: 'command', command: ['sh', '-c', 'printf built > made.txt; echo set up'] } },
      {
        lines,
      },
    );
    expect(lines.map((line) => line.text)).toEqual(['set up', 'found built']);
    expect(existsSync(path.join(root, 'made.txt'))).toBe(false);
  });

  it('says which commit it saw, and what was not committed', async () => {
    const root = await repository({ 'train.mjs': writes({ 'model.onnx': 'm' }), 'data.csv': 'd', 'lib.mjs': '' });
    git(root, 'remote', 'add', 'origin', 'https://ada:secret@github.com/acme/digits');
    const clean = await train(root, { inputs: ['*.mjs'] });
    expect(clean.candidate.environment).toMatchObject({
      commit: git(root, 'rev-parse', 'HEAD'),
      tree: git(root, 'rev-parse', 'HEAD^{tree}'),
      repository: 'https://github.com/acme/digits',
      dirty: [],
    });
    expect(git(root, 'status', '--porcelain')).toBe('');
    await writeFiles(root, { 'lib.mjs': '// changed', 'data.csv': 'no input' });
    const changed = await train(root, { inputs: ['*.mjs'] });
    expect(changed.candidate.environment.dirty).toEqual(['lib.mjs']);
    expect(changed.candidate.inputs.code.map(({ path: name, object }) => [name, object])).toEqual([
      ['lib.mjs', git(root, 'hash-object', 'lib.mjs')],
      ['train.mjs', git(root, 'rev-parse', 'HEAD:train.mjs')],
    ]);
  });
});

describe('a training that fails leaves no candidate, and says why', () => {
  const fails = async (
    script: string,
    changes: Parameters<typeof train>[1] = {},
  ): Promise<{ code: string; message: string; left: string[] }> => {
    const root = await project(script);
    const { code, message } = await mistakeIn(train(root, changes));
    return { code, message, left: own(root) };
  };

  it('where its rows changed before they were copied, and the command is not started', async () => {
    const root = await project(`${writes({ 'model.onnx': 'model' })}`);
    const lines: OutputLine[] = [];
    const refuseChanged = (): Promise<void> => Promise.reject(new Error('data-changed'));
    const data = { train: `${root}/data.csv`, refuseChanged };
    const watch = { onLine: (line: OutputLine) => void lines.push(line) };
    await expect(applyTraining(await plan(root), data, ports(), watch)).rejects.toThrow('data-changed');
    expect(own(root)).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('by its exit code, with the last lines, and keeps the log', async () => {
    const told = await fails(`console.log('loading'); throw new Error('no such column: age')`);
    expect(told.code).toBe('command-failed');
    expect(told.message).toContain('touchstone.yml: models.digits.train: "node train.mjs" ended with exit code 1');
    expect(told.message).toContain('  | Error: no such column: age');
    expect(told.left).toEqual(['logs/digits.log']);
  });

  it('by time', async () => {
    const told = await fails('setInterval(() => {}, 1000)', { timeoutSeconds: 0.5 });
    expect(told.code).toBe('command-timed-out');
    expect(told.left).toEqual(['logs/digits.log']);
  });

  it('by a signal', async () => {
    expect((await fails(`process.kill(process.pid, 'SIGKILL')`)).code).toBe('command-killed');
  });

  it('by a program that is not there', async () => {
    const told = await fails('', { command: ['pyhton', 'train.py'] });
    expect(told.code).toBe('command-not-found');
    expect(told.message).toContain('the program "pyhton" was not found');
  });

  it('by writing nothing, nothing of that name, nothing into it, or to the wrong place', async () => {
    expect((await fails('')).message).toContain('it wrote nothing');
    expect((await fails(writes({ 'modle.onnx': 'm' }))).message).toContain('Did you mean train.output: modle.onnx');
    expect((await fails(writes({ 'model.onnx': '' }))).code).toBe('output-invalid');
    const strayed = `import { writeFileSync } from 'node:fs'; writeFileSync('model.onnx', 'm')`;
    const told = await fails(strayed);
    expect(told.message).toContain('wrote model.onnx into its working folder');
    expect(told.left).toEqual(['logs/digits.log']);
  });

  it('by an output that is a link out of its folder', async () => {
    const told = await fails(`
      import { symlinkSync } from 'node:fs';
      symlinkSync('/etc/passwd', process.env.TOUCHSTONE_OUTPUT_DIR + '/model.onnx');`);
    expect(told.message).toContain('is a link to what lies outside');
  });

  it('by its set-up', async () => {
    const told = await fails('', { setup: { kind: 'command', command: ['sh', '-c', 'echo no compiler; exit 2'] } });
    expect(told.message).toContain(
      'models.digits.train.setup: "sh -c echo no compiler; exit 2" ended with exit code 2',
    );
    expect(told.message).toContain('  | no compiler');
  });

  it('and the candidate before it stays', async () => {
    const root = await project(writes({ 'model.onnx': 'good' }));
    const { folder } = await train(root);
    await writeFiles(root, { 'train.mjs': `${writes({ 'model.onnx': 'half' })}\nprocess.exit(1)` });
    await mistakeIn(train(root));
    expect((await readCandidate(folder)).output.digest).toBe(digestOfBytes('good'));
  });

  it('by the person: only what it had said is left', async () => {
    const root = await project('console.log("ready"); setInterval(() => {}, 1000)');
    const stop = new AbortController();
    const training = train(root, {}, { signal: stop.signal, onLine: () => stop.abort() });
    await expect(training).rejects.toThrow('interrupted');
    expect(own(root)).toEqual(['logs/digits.log']);
  });
});

describe('checkpoints', () => {
  const saving = `
    import { existsSync, readFileSync, writeFileSync } from 'node:fs';
    const file = process.env.TOUCHSTONE_CHECKPOINT_DIR + '/epoch';
    const epoch = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    console.log('epoch', epoch);
    writeFileSync(file, String(epoch + 1));
    if (epoch < 2) process.exit(1);
    ${writes({ 'model.onnx': 'm' })}`;

  it('come back after a failure of the same inputs, and go with success', async () => {
    const root = await project(saving);
    const lines: OutputLine[] = [];
    await mistakeIn(train(root, {}, { lines }));
    await mistakeIn(train(root, {}, { lines }));
    await train(root, {}, { lines });
    await mistakeIn(train(root, {}, { lines }));
    expect(lines.map((line) => line.text)).toEqual(['epoch 0', 'epoch 1', 'epoch 2', 'epoch 0']);
  });

  it('are not handed to other inputs', async () => {
    const root = await project(saving);
    const lines: OutputLine[] = [];
    await mistakeIn(train(root, {}, { lines }));
    await mistakeIn(train(root, { seed: 8 }, { lines }));
    expect(lines.map((line) => line.text)).toEqual(['epoch 0', 'epoch 0']);
  });
});

describe('a plan', () => {
  it('writes nothing', async () => {
    const root = await project('');
    const planned = await plan(root);
    expect(planned.files.map((file) => file.path)).toEqual(['train.mjs']);
    expect(planned.setup).toEqual({ kind: 'none' });
    expect(readdirSync(root).toSorted()).toEqual(['data.csv', 'train.mjs']);
  });

  it('finds what is missing before anything runs', async () => {
    const root = await project('', { 'holdout.csv': 'h' });
    const code = async (changes: Parameters<typeof plan>[1]): Promise<string> =>
      (await mistakeIn(plan(root, changes))).code;
    expect(await code({ inputs: ['trian.mjs'] })).toBe('input-missing');
    expect(await code({ inputs: ['.'] })).toBe('holdout-among-inputs');
    expect(await code({ env: ['NOT_SET'] })).toBe('variable-not-set');
    expect(await code({ setup: { kind: 'requirements', file: 'requirements.txt' } })).toBe('requirements-missing');
    await writeFiles(root, { 'requirements.txt': '-r more.txt\n' });
    expect(await code({ setup: { kind: 'requirements', file: 'requirements.txt' } })).toBe('requirements-missing');
    await writeFiles(root, { 'more.txt': '-e .\n' });
    expect(await code({ setup: { kind: 'requirements', file: 'requirements.txt' } })).toBe('requirement-local');
    await writeFiles(root, { 'more.txt': '' });
    const noPython = { ports: ports({ PATH: '/nonexistent' }) };
    const setup = { kind: 'requirements', file: 'requirements.txt' } as const;
    expect((await mistakeIn(plan(root, { setup }, noPython))).code).toBe('python-missing');
  });

  it('is void once an input changed', async () => {
    const root = await project(writes({ 'model.onnx': 'm' }));
    const host = ports();
    const inputFiles = {
      list: async (...args: Parameters<typeof host.inputFiles.list>) => {
        const files = await host.inputFiles.list(...args);
        await writeFiles(root, { 'train.mjs': '// edited meanwhile' });
        return files;
      },
    };
    expect((await mistakeIn(train(root, {}, { ports: { ...host, inputFiles } }))).code).toBe('input-changed');
    expect(own(root)).toEqual([]);
  });
});

describe('the work of runs that were killed', () => {
  it('is removed by the next one; that of living ones stays', async () => {
    const root = await project(writes({ 'model.onnx': 'm' }));
    const living = 'setInterval(() => {}, 1000); console.log("ready")';
    await writeFiles(root, { 'slow.mjs': living });
    const stop = new AbortController();
    let ready: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (ready = resolve));
    const slow = train(
      root,
      { command: ['node', 'slow.mjs'], inputs: ['slow.mjs'] },
      { signal: stop.signal, onLine: () => ready() },
    );
    await started;
    const [mine = ''] = readdirSync(path.join(root, '.touchstone/work'));
    // A process id beyond any that the kernel gives (PID_MAX_LIMIT is 4,194,304).
    const dead = mine.replace(/^\d+/, '99999999').replace(/[0-9a-f]{12}$/, '0123456789ab');
    const elsewhere = dead.replace(/-[0-9a-f]{8}-/, '-00000000-');
    for (const name of [dead, elsewhere]) await writeFiles(root, { [`.touchstone/work/${name}/output/x`]: 'x' });
    await train(root);
    expect(readdirSync(path.join(root, '.touchstone/work')).toSorted()).toEqual([mine, elsewhere].toSorted());
    stop.abort();
    await expect(slow).rejects.toThrow('interrupted');
  });

  it('gives its checkpoints to the next run of the same inputs', async () => {
    const root = await project(`
      import { readdirSync, writeFileSync } from 'node:fs';
      console.log(readdirSync(process.env.TOUCHSTONE_CHECKPOINT_DIR).join());
      writeFileSync(process.env.TOUCHSTONE_CHECKPOINT_DIR + '/epoch', '1');
      ${writes({ 'model.onnx': 'm' })}`);
    const script = `
      import { plan, ports } from ${JSON.stringify(path.resolve('test/commands/trainingWorld.ts'))};
      import { applyTraining } from ${JSON.stringify(path.resolve('src/commands/train.ts'))};
      const planned = await plan(${JSON.stringify(root)});
      await applyTraining(planned, { train: ${JSON.stringify(path.join(root, 'data.csv'))} },
        { ...ports(), folders: { open: async (root) => {
          const folder = await ports().folders.open(root);
          return { ...folder, written: () => process.kill(process.pid, 'SIGKILL') };
        } } }, { onLine: () => {} });`;
    const killed = await execa(process.execPath, ['--input-type=module', '-e', script], { reject: false, env: HOST });
    expect(killed.signal, killed.stderr).toBe('SIGKILL');
    const lines: OutputLine[] = [];
    await train(root, {}, { lines });
    expect(lines.map((line) => line.text)).toEqual(['epoch']);
    expect(statSync(path.join(root, '.touchstone/candidates/digits')).isDirectory()).toBe(true);
    expect(readdirSync(path.join(root, '.touchstone/work'))).toEqual([]);
  });
});
