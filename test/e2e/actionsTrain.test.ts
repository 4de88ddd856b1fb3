import { chmod, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { actionMachine, runStep, startStep, type ActionMachine, type ActionStep } from './actionBundles.ts';
import { CONFIG, project, TRAIN } from './touchstone.ts';

const pull = (number: number): NonNullable<ActionStep['event']> => ({
  name: 'pull_request',
  payload: { pull_request: { number } },
});

function step(
  workspace: string,
  inputs: NonNullable<ActionStep['inputs']> = {},
  more: Pick<ActionStep, 'event' | 'env'> = {},
): ActionStep {
  return { action: 'actions/train', workspace, event: pull(7), ...more, inputs: { model: 'churn', ...inputs } };
}

/** A folder with an `nvidia-smi` that answers as it is told, to be put before PATH. */
async function driver(script: string): Promise<{ readonly PATH: string }> {
  const folder = await temporaryFolder({ 'nvidia-smi': `#!/bin/sh\n${script}\n` });
  await chmod(path.join(folder, 'nvidia-smi'), 0o755);
  return { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
}

/** One H200 with 143,771 MiB, of which so many are free; `holder` is a line of the processes, or nothing. */
const H200 = (freeMiB: number, holder = ''): string => `
case "$1" in
  --query-gpu=index,uuid*) echo "0, GPU-1, 570.86.15, 143771, ${freeMiB}, NVIDIA H200" ;;
  --query-gpu=name*) echo "NVIDIA H200, 570.86.15, 143771" ;;
  --query-compute*) echo "${holder}" ;;
  --query-gpu=index,utilization*) while :; do echo "0, 80, 2048"; sleep 0.1; done ;;
esac`;

describe('a training in an action', () => {
  it('leaves a candidate, and says where', async () => {
    const workspace = await project();
    const ended = await runStep(await actionMachine(), step(workspace));
    expect(ended.log).not.toContain('bug');
    expect(ended.outputs).toMatchObject({
      verdict: '',
      blocks: 'false',
      reason_code: 'trained',
      candidate: path.join(workspace, '.touchstone/candidates/churn'),
    });
    expect(JSON.parse(ended.outputs['result'] ?? '')).toMatchObject({ schema: 'touchstone/training/v1' });
    expect(await readdir(ended.outputs['candidate'] ?? '')).toEqual(['candidate.json', 'predictions.csv', 'train.log']);
    expect(ended.summary).toContain('`churn` is trained');
    expect(ended.exitCode).toBe(0);
  });

  it('samples the GPUs while its command runs, into the candidate and the summary', async () => {
    const workspace = await project({ 'train.py': `import time; time.sleep(1)\n${TRAIN}` });
    const ended = await runStep(
      await actionMachine(),
      step(workspace, { gpu: 'required' }, { env: await driver(H200(143_000)) }),
    );
    const candidate = JSON.parse(
      await readFile(path.join(ended.outputs['candidate'] ?? '', 'candidate.json'), 'utf8'),
    ) as unknown;
    expect(candidate).toMatchObject({
      environment: {
        gpus: [{ name: 'NVIDIA H200', driver: '570.86.15' }],
        gpuUse: { gpus: [{ index: 0, utilisation: { mean: 80, max: 80 }, memoryMiB: { max: 2048 } }] },
      },
    });
    expect(ended.summary).toContain('80 % of the time');
    expect(ended.exitCode).toBe(0);
  });

  it.each([
    ['a driver that says nothing', 'exit 127', /the driver does not answer/],
    [
      'a driver that fails',
      'echo "NVIDIA-SMI has failed because it could not talk to the driver"; exit 9',
      /could not talk/,
    ],
    [
      'a GPU that another process holds',
      H200(100_000, 'GPU-1, 4711, 43000, python3'),
      /held by python3 \(process 4711/,
    ],
  ])('does not begin on a machine with %s, and reads no data', async (_name, script, said) => {
    const workspace = await project({ 'data.csv': 'not,read\n' });
    const ended = await runStep(
      await actionMachine({ filled: false }),
      step(workspace, { gpu: 'required' }, { env: await driver(script) }),
    );
    expect(ended.outputs).toMatchObject({ reason_code: 'machine-not-ready' });
    expect(ended.outputs).not.toHaveProperty('candidate');
    expect(ended.log).toMatch(said);
    expect(ended.log).toContain('Expected a GPU that no process holds');
    expect(ended.log).not.toContain('Fetching');
    expect(ended.exitCode).toBe(1);
  });

  it('is content with the memory that it asks for, whoever holds the rest', async () => {
    const workspace = await project();
    const env = await driver(H200(100_000, 'GPU-1, 4711, 43000, python3'));
    const enough = await runStep(
      await actionMachine(),
      step(workspace, { gpu: 'required', 'gpu-memory': '90000' }, { env }),
    );
    expect(enough.outputs).toMatchObject({ reason_code: 'trained' });
    const short = await runStep(
      await actionMachine(),
      step(workspace, { gpu: 'required', 'gpu-memory': '110000' }, { env }),
    );
    expect(short.outputs).toMatchObject({ reason_code: 'machine-not-ready' });
  });

  it('does not begin where the disk is too small', async () => {
    const ended = await runStep(await actionMachine(), step(await project(), { disk: '999999999' }));
    expect(ended.outputs).toMatchObject({ reason_code: 'machine-not-ready' });
    expect(ended.log).toMatch(/of the disk are free/);
  });

  it('keeps a secret out of the log, the artifact and the outputs', async () => {
    const secret = 'hf_0123456789abcdef';
    const workspace = await project({
      'touchstone.yml': CONFIG.replace('      timeout: 60s\n', '      timeout: 60s\n      env: [HUB_TOKEN]\n'),
      'train.py': `import os\nprint("token", os.environ["HUB_TOKEN"], flush=True)\n${TRAIN}`,
    });
    const ended = await runStep(await actionMachine(), step(workspace, {}, { env: { HUB_TOKEN: secret } }));
    expect(ended.log).toContain(`::add-mask::${secret}`);
    expect(await readFile(ended.outputs['report'] ?? '', 'utf8')).toContain(`token ${'*'.repeat(secret.length)}`);
    expect(JSON.stringify(ended.outputs) + ended.summary).not.toContain(secret);
  });

  it('lets nothing that a command prints give orders to the runner', async () => {
    const workspace = await project({
      'train.py': `print("::error::forged", flush=True)\nprint("::add-mask::churn", flush=True)\n${TRAIN}`,
    });
    const ended = await runStep(await actionMachine(), step(workspace));
    expect(ended.log).toContain('::error::forged');
    expect(ended.annotations).toEqual([]);
  });
});

describe('a training that is cancelled', () => {
  const SAVING = `
import os, pathlib, time
saved = pathlib.Path(os.environ["TOUCHSTONE_CHECKPOINT_DIR"]) / "epoch"
if saved.exists():
    print("resumed at", saved.read_text(), flush=True)
else:
    saved.write_text("3")
    print("saved", flush=True)
    time.sleep(60)
`;

  async function cancel(machine: ActionMachine, workspace: string, number: number): Promise<void> {
    const started = await startStep(machine, step(workspace, {}, { event: pull(number) }));
    started.onOutput((text) => {
      if (text.includes('saved')) started.signal('SIGINT');
    });
    const { outputs, exitCode, log } = await started.ended;
    expect(log).toContain('saved');
    expect(outputs).toMatchObject({ reason_code: 'interrupted' });
    expect(exitCode).toBe(1);
  }

  it('finds its checkpoints again in another checkout, for the same pull request alone', async () => {
    const machine = await actionMachine();
    const files = { 'train.py': SAVING + TRAIN };
    const workspace = await project(files);
    await cancel(machine, workspace, 7);
    expect(await readFile(path.join(workspace, '.touchstone/logs/churn.log'), 'utf8')).toContain('saved');
    await cancel(machine, await project(files), 8);
    const ended = await runStep(machine, step(await project(files), {}, { event: pull(7) }));
    expect(ended.log).toContain('resumed at 3');
    expect(ended.exitCode).toBe(0);
  });

  it('is over before the runner kills it, whatever the command makes of signals', async () => {
    const deaf = `
import os, pathlib, signal, time
for each in (signal.SIGINT, signal.SIGTERM): signal.signal(each, signal.SIG_IGN)
(pathlib.Path(os.environ["TOUCHSTONE_CHECKPOINT_DIR"]) / "epoch").write_text("3")
print("saved", flush=True)
time.sleep(60)
`;
    const machine = await actionMachine();
    const workspace = await project({ 'train.py': deaf });
    const started = await startStep(machine, step(workspace));
    let cancelledAt = 0;
    started.onOutput((text) => {
      if (cancelledAt > 0 || !text.includes('saved')) return;
      cancelledAt = performance.now();
      started.signal('SIGINT');
    });
    await started.ended;
    expect(cancelledAt).toBeGreaterThan(0);
    // SIGTERM comes after 7.5 s, SIGKILL 2.5 s later.
    expect(performance.now() - cancelledAt).toBeLessThan(9_500);
    const kept = await readdir(path.join(machine.folder, 'work/_touchstone/checkpoints'), { recursive: true });
    expect(kept.filter((name) => name.endsWith('epoch'))).toHaveLength(1);
  });
});
