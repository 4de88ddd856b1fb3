import { describe, expect, it } from 'vitest';
import { ownMachines } from '../../src/diagnosis/workflowMachines.ts';

const on = (runsOn: string): string => `jobs:\n  a:\n    runs-on: ${runsOn}\n`;

describe('the machines of a team', () => {
  it.each([
    ['ubuntu-latest', []],
    ['[ubuntu-24.04]', []],
    ['macos-15-xlarge', []],
    ['self-hosted', [{ labels: ['self-hosted'] }]],
    ['gpu', [{ labels: ['gpu'] }]],
    ['[self-hosted, linux]', [{ labels: ['self-hosted', 'linux'] }]],
    ['\n      - self-hosted\n      - gpu', [{ labels: ['self-hosted', 'gpu'] }]],
    ['{ group: gpus }', [{ labels: [], group: 'gpus' }]],
    ['{ group: gpus, labels: a100 }', [{ labels: ['a100'], group: 'gpus' }]],
    ['${{ inputs.runner }}', [{ labels: ['${{ inputs.runner }}'] }]],
  ])('are read from "runs-on: %s"', (runsOn, machines) => {
    expect(ownMachines(on(runsOn))).toEqual(machines);
  });

  it('are none where a file is no workflow', () => {
    expect(['', 'jobs: [', 'a: &a [*a]', 'jobs: 3', '- 1'].map(ownMachines)).toEqual([[], [], [], [], []]);
  });

  it('are told for each job', () => {
    expect(ownMachines(`${on('gpu')}  b:\n    runs-on: ubuntu-latest\n  c:\n    runs-on: cpu\n`)).toEqual([
      { labels: ['gpu'] },
      { labels: ['cpu'] },
    ]);
  });
});
