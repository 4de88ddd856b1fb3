import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { actionMachine, runStep, type EndedStep } from './actionBundles.ts';
import { CONFIG, project } from './touchstone.ts';

async function runRoot(
  files: { readonly [name: string]: string } = {},
  inputs: { readonly [name: string]: string } = {},
): Promise<EndedStep> {
  const workspace = await project(files);
  return runStep(await actionMachine(), { action: '.', workspace, inputs: { gpu: 'none', ...inputs } });
}

const TOO_MUCH = CONFIG.replace('min: 0.7', 'min: 0.99');
const LINE = TOO_MUCH.split('\n').findIndex((line) => line.includes('min: 0.99')) + 1;

describe('the action at the root', () => {
  it('judges in one step, advisory, and leaves its reports', async () => {
    const ended = await runRoot();
    expect(ended.log).not.toContain('bug');
    expect(ended.outputs).toMatchObject({ verdict: 'accepted', blocks: 'false', reason_code: 'accepted' });
    expect(JSON.parse(ended.outputs['result'] ?? '')).toMatchObject({
      schema: 'touchstone/runs/v1',
      runs: [{ model: 'churn', verdict: { kind: 'accepted', assurance: 'advisory' } }],
    });
    expect(await readdir(ended.outputs['report'] ?? '')).toEqual(
      expect.arrayContaining(['report.html', 'report.md', 'run.json']),
    );
    expect(ended.summary).toContain('churn accepted');
    expect(ended.exitCode).toBe(0);
  });

  it('fails where the verdict blocks, and marks the gate', async () => {
    const ended = await runRoot({ 'touchstone.yml': TOO_MUCH });
    expect(ended.outputs).toMatchObject({ verdict: 'rejected', blocks: 'true' });
    expect(ended.annotations).toMatchObject([
      { severity: 'error', properties: expect.stringContaining(`file=touchstone.yml,line=${LINE}`) as string },
    ]);
    expect(ended.exitCode).toBe(1);
  });

  it('only tells of it where it is not to fail', async () => {
    const ended = await runRoot({ 'touchstone.yml': TOO_MUCH }, { 'fail-on-block': 'false' });
    expect(ended.outputs).toMatchObject({ verdict: 'rejected', blocks: 'true' });
    expect(ended.exitCode).toBe(0);
  });

  it('tells every input that is not as it must be', async () => {
    const ended = await runRoot({}, { 'fail-on-block': 'maybe', gpu: 'two' });
    expect(ended.outputs).toMatchObject({ reason_code: 'input-invalid', blocks: 'true' });
    expect(ended.annotations).toHaveLength(2);
    expect(ended.exitCode).toBe(1);
  });
});
