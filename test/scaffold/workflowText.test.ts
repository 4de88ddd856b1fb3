import { describe, expect, it } from 'vitest';
import { pinsOf, runnerLabels, workflowText } from '../../src/scaffold/workflowText.ts';

const OLD = '1'.repeat(40);
const NEW = '2'.repeat(40);
const RELEASE = { repository: 'acme/touchstone', tag: 'v2.0.0', sha: NEW };

const TEMPLATE = `jobs:
  validate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@${OLD} # v7.0.1
      - uses: acme/touchstone/actions/validate@${OLD} # v1.0.0
  train:
    runs-on: [self-hosted, linux, x64, gpu]
    steps:
      - uses: other/touchstone/actions/train@${OLD} # v1.0.0
      - id: train
        uses: acme/touchstone/actions/train@${OLD} # v1.0.0
`;

describe('a workflow that is filled in', () => {
  it('runs one release of Touchstone, and what others made at the commits that were there', () => {
    expect(workflowText(TEMPLATE, { release: RELEASE })).toBe(
      TEMPLATE.replaceAll(
        `acme/touchstone/actions/validate@${OLD} # v1.0.0`,
        `acme/touchstone/actions/validate@${NEW} # v2.0.0`,
      ).replaceAll(`acme/touchstone/actions/train@${OLD} # v1.0.0`, `acme/touchstone/actions/train@${NEW} # v2.0.0`),
    );
  });

  it('trains where the labels say, and does everything else where it did', () => {
    const text = workflowText(TEMPLATE, { release: RELEASE, runsOn: ['self-hosted', 'a100'] });
    expect(text).toContain('  train:\n    runs-on: [self-hosted, a100]\n');
    expect(text).toContain('  validate:\n    runs-on: ubuntu-latest\n');
  });

  it.each(['a b', 'a]\n    env: {x: y', '${{ github.head_ref }}', '', '#'])('takes no label like %j', (label) => {
    expect(() => workflowText(TEMPLATE, { release: RELEASE, runsOn: ['self-hosted', label] })).toThrow(RangeError);
  });

  it('is the same when it is filled in again', () => {
    const once = workflowText(TEMPLATE, { release: RELEASE, runsOn: ['self-hosted', 'a100'] });
    expect(workflowText(once, { release: RELEASE, runsOn: ['self-hosted', 'a100'] })).toBe(once);
  });
});

describe('what a workflow pins', () => {
  it('is each ref of Touchstone that it names, whatever it is', () => {
    const text = `${TEMPLATE}      - uses: acme/touchstone/actions/judge@v1\n      - uses: 'Acme/Touchstone/actions/judge@main'\n`;
    expect(pinsOf(text, 'acme/touchstone')).toEqual([OLD, 'v1', 'main']);
    expect(pinsOf(text, 'acme/other')).toEqual([]);
    expect(pinsOf('uses: acmextouchstone/actions/judge@v1', 'acme.touchstone')).toEqual([]);
  });
});

describe('the labels of a machine of the team', () => {
  it.each([
    ['runs-on: [self-hosted, gpu]', ['self-hosted', 'gpu']],
    [
      'jobs:\n  a:\n    runs-on: [ubuntu-latest]\n  b:\n    runs-on: ["self-hosted", \'a100\']',
      ['self-hosted', 'a100'],
    ],
    ['runs-on: ubuntu-latest', undefined],
    ['runs-on: [self-hosted, "${{ matrix.label }}"]', undefined],
    ['', undefined],
  ])('are read from %j', (text, labels) => {
    expect(runnerLabels(text)).toEqual(labels);
  });
});
