import { describe, expect, it } from 'vitest';

import { parseActionFile } from './actionFile.ts';
import { dispatchInputs } from './dispatchInputs.ts';
import { tokenPermissions } from './tokenPermissions.ts';
import { starts } from './triggers.ts';
import { parseWorkflowFile, workflowName } from './workflowFile.ts';

import type { Occurrence } from './triggers.ts';

const job = 'jobs: { a: { runs-on: x, steps: [{ run: x }] } }';
const read = (text: string): ReturnType<typeof parseWorkflowFile> => parseWorkflowFile(text, 'w.yml');

describe('a workflow file', () => {
  it.each([
    ['an event that GitHub does not have', `on: nope\n${job}`, "Unexpected value 'nope'"],
    ['an event that nothing starts', `on: [push, status]\n${job}`, 'on.status: the runner knows pull_request'],
    ['a key that GitHub does not have', `on: push\nx: 1\n${job}`, "Unexpected value 'x'"],
    [
      'a key of a job',
      'on: push\njobs: { a: { runs-on: x, container: y, steps: [{ run: x }] } }',
      'does not know container',
    ],
    [
      'an environment',
      'on: push\njobs: { a: { runs-on: x, environment: y, steps: [{ run: x }] } }',
      'does not know environment',
    ],
    ['another workflow', 'on: push\njobs: { a: { uses: ./.github/workflows/b.yml } }', 'calls no other workflow'],
    [
      'a step in the background',
      'on: push\njobs: { a: { runs-on: x, steps: [{ run: x, background: true }] } }',
      'background',
    ],
    ['a context that is not there', 'on: push\njobs: { a: { runs-on: x, steps: [{ run: "${{ foo.x }}" }] } }', 'foo'],
    [
      'a context that is not there yet',
      'on: push\njobs: { a: { runs-on: x, if: "matrix.x", steps: [{ run: x }] } }',
      'matrix',
    ],
    [
      'a job that is needed and absent',
      'on: push\njobs: { a: { runs-on: x, needs: b, steps: [{ run: x }] } }',
      'at least one job',
    ],
    [
      'a needs cycle',
      'on: push\njobs: { z: { runs-on: x, steps: [{ run: x }] }, a: { runs-on: x, needs: b, steps: [{ run: x }] }, b: { runs-on: x, needs: a, steps: [{ run: x }] } }',
      'cycle',
    ],
    ['what is no YAML', 'on: [', 'w.yml'],
  ])('with %s is an error', async (_, text, problem) => {
    await expect(read(text)).rejects.toThrow(problem);
  });

  it('has its name even where the rest is wrong', () => {
    expect(workflowName('name: touchstone-pr\non: nope', 'w.yml')).toBe('touchstone-pr');
    expect(workflowName('on: nope', 'w.yml')).toBe('w.yml');
    expect(workflowName('- a', 'w.yml')).toBe('w.yml');
  });
});

describe('what starts a workflow', () => {
  it.each<[string, Omit<Occurrence, 'changedPaths'> & { paths?: readonly string[] }, boolean]>([
    ['pull_request', { event: 'pull_request', action: 'opened' }, true],
    ['pull_request', { event: 'pull_request', action: 'synchronize' }, true],
    ['pull_request', { event: 'pull_request', action: 'reopened' }, true],
    ['pull_request', { event: 'pull_request', action: 'edited' }, false],
    ['pull_request', { event: 'push' }, false],
    ['{ pull_request: { types: [edited] } }', { event: 'pull_request', action: 'edited' }, true],
    ['{ pull_request: { types: [edited] } }', { event: 'pull_request', action: 'opened' }, false],
    ['{ pull_request: { branches: [main] } }', { event: 'pull_request', action: 'opened', branch: 'main' }, true],
    ['{ pull_request: { branches: [main] } }', { event: 'pull_request', action: 'opened', branch: 'dev' }, false],
    [
      '{ pull_request: { branches-ignore: [main] } }',
      { event: 'pull_request', action: 'opened', branch: 'main' },
      false,
    ],
    [
      '{ pull_request: { paths: ["src/**"] } }',
      { event: 'pull_request', action: 'opened', paths: ['a', 'src/b'] },
      true,
    ],
    ['{ pull_request: { paths: ["src/**"] } }', { event: 'pull_request', action: 'opened', paths: ['a'] }, false],
    ['{ push: { paths-ignore: ["*.md"] } }', { event: 'push', branch: 'main', paths: ['a.md'] }, false],
    ['{ push: { paths-ignore: ["*.md"] } }', { event: 'push', branch: 'main', paths: ['a.md', 'b'] }, true],
    ['{ push: { tags: ["v*"] } }', { event: 'push', tag: 'v1' }, true],
    ['{ push: { tags: ["v*"] } }', { event: 'push', branch: 'v1' }, false],
    ['{ push: { branches: [main] } }', { event: 'push', tag: 'main' }, false],
    ['push', { event: 'push', tag: 'v1' }, true],
    [
      '{ workflow_run: { workflows: [train] } }',
      { event: 'workflow_run', action: 'requested', workflow: 'train' },
      true,
    ],
    [
      '{ workflow_run: { workflows: [train] } }',
      { event: 'workflow_run', action: 'completed', workflow: 'other' },
      false,
    ],
    [
      '{ workflow_run: { workflows: [train], types: [completed] } }',
      { event: 'workflow_run', action: 'requested', workflow: 'train' },
      false,
    ],
    [
      '{ workflow_run: { workflows: [train], branches: [main] } }',
      { event: 'workflow_run', action: 'completed', workflow: 'train', branch: 'dev' },
      false,
    ],
    ['{ schedule: [{ cron: "0 3 * * *" }] }', { event: 'schedule', cron: '0 3 * * *' }, true],
    ['{ schedule: [{ cron: "0 3 * * *" }] }', { event: 'schedule', cron: '0 4 * * *' }, false],
    ['merge_group', { event: 'merge_group', action: 'checks_requested' }, true],
    ['merge_group', { event: 'merge_group', action: 'destroyed' }, false],
    ['{ issue_comment: { types: [created] } }', { event: 'issue_comment', action: 'deleted' }, false],
  ])('on: %s, %j: %s', async (on, { paths = [], ...occurrence }, expected) => {
    const { on: triggers } = await read(`on: ${on}\n${job}`);
    expect(await starts(triggers, { ...occurrence, changedPaths: () => Promise.resolve(paths) })).toBe(expected);
  });
});

describe('inputs of a dispatch', () => {
  const declared = async (): Promise<Parameters<typeof dispatchInputs>[0]> =>
    (
      await read(
        `on: { workflow_dispatch: { inputs: { run: { type: string, required: true }, n: { type: number, default: 3 }, dry: { type: boolean }, how: { type: choice, options: [a, b], default: a } } } }\n${job}`,
      )
    ).on.inputs;

  it('have their types and defaults', async () => {
    expect(dispatchInputs(await declared(), { run: '12', dry: 'true' })).toEqual({
      run: '12',
      n: 3,
      dry: true,
      how: 'a',
    });
    expect(dispatchInputs(await declared(), { run: 12, how: 'b' })).toEqual({ run: '12', n: 3, dry: false, how: 'b' });
  });

  it.each([
    [{}, "Required input 'run' not provided"],
    [{ run: '1', x: '2' }, 'Unexpected inputs provided: ["x"]'],
    [{ run: '1', n: 'many' }, 'not a number'],
    [{ run: '1', dry: 'yes' }, 'not a boolean'],
    [{ run: '1', how: 'c' }, 'not in the list'],
  ])('%j are refused: %s', async (given, message) => {
    const inputs = await declared();
    expect(() => dispatchInputs(inputs, given)).toThrow(message);
  });
});

describe('what a token may do', () => {
  const written = new Map([
    ['contents', 'write'],
    ['pull-requests', 'read'],
    ['checks', 'none'],
  ]);

  it('is what the job names, else the workflow, else the repository', () => {
    const named = { metadata: 'read', contents: 'write', pull_requests: 'read' };
    expect(tokenPermissions(written, new Map(), 'write', false)).toEqual(named);
    expect(tokenPermissions(undefined, written, 'write', false)).toEqual(named);
    expect(tokenPermissions(new Map(), written, 'write', false)).toEqual({ metadata: 'read' });
    expect(tokenPermissions(undefined, undefined, 'read', false)).toEqual({
      contents: 'read',
      packages: 'read',
      metadata: 'read',
    });
    expect(tokenPermissions(undefined, undefined, 'write', false)).toMatchObject({
      contents: 'write',
      checks: 'write',
    });
    expect(tokenPermissions('read-all', undefined, 'write', false)).toMatchObject({ contents: 'read', checks: 'read' });
  });

  it('is reading only, for a fork', () => {
    expect(tokenPermissions(written, undefined, 'write', true)).toEqual({
      metadata: 'read',
      contents: 'read',
      pull_requests: 'read',
    });
    expect(tokenPermissions(new Map([['id-token', 'write']]), undefined, 'write', true)).toEqual({ metadata: 'read' });
  });

  it('is an error where the stand-in has no such permission', () => {
    expect(() => tokenPermissions(new Map([['discussions', 'write']]), undefined, 'read', false)).toThrow(
      'discussions',
    );
  });
});

describe('an action file', () => {
  it.each([
    ['using: node20', 'name: a\ndescription: b\nruns: { using: node20, main: a.js }', 'node24, found node20'],
    [
      'steps',
      'name: a\ndescription: b\nruns: { using: composite, steps: [{ run: x, shell: bash }] }',
      'found composite',
    ],
    [
      'a key that GitHub does not have',
      'name: a\ndescription: b\nx: 1\nruns: { using: node24, main: a.js }',
      "Unexpected value 'x'",
    ],
  ])('with %s is an error', (_, text, problem) => {
    expect(() => parseActionFile(text, 'action.yml')).toThrow(problem);
  });
});
