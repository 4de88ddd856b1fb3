import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { fakeProcess } from '../fakes/process.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { CONFIG, DATA, project, touchstone } from './touchstone.ts';

/** Each command of the program once, in an order in which it has something to do. */
const STORY: readonly (readonly [command: string, args: readonly string[], schema: string, exitCode?: number])[] = [
  ['doctor', [], 'doctor'],
  ['validate', [], 'validation'],
  ['train', [], 'training'],
  ['run', [], 'run'],
  ['evaluate', [], 'run'],
  ['report', [], 'run'],
  ['register', [], 'registration'],
  ['promote', ['churn@v1'], 'promotion'],
  ['registry list', [], 'registry-list'],
  ['registry show', ['churn@v1'], 'registry-version'],
  ['registry log', [], 'registry-log'],
  ['registry verify', [], 'registry-verification'],
  ['rollback', ['churn', '--reason', 'none before'], 'rollback', 1],
  ['completion', ['bash'], 'completion'],
];

function namesBelow(command: Command, above = ''): readonly string[] {
  return command.commands.flatMap((each) =>
    each.commands.length > 0 ? namesBelow(each, `${each.name()} `) : [`${above}${each.name()}`],
  );
}

const one = /^\{\n {2}"schema": "touchstone\/([a-z-]+)\/v1"[^]*\n\}$/;

it('gives exactly one JSON document on stdout, from every command', async () => {
  const known = namesBelow(buildProgram(fakeProcess([]), () => undefined)).filter((name) => name !== 'complete');
  // A command that is added is added here; init begins a project of its own, below.
  expect(known.toSorted()).toEqual([...STORY.map(([name]) => name), 'init'].toSorted());

  const folder = await project({
    'touchstone.yml': CONFIG,
  });
  for (const [name, args, schema, expected = 0] of STORY) {
    const { stdout, exitCode } = await touchstone(folder, ...name.split(' '), ...args, '--json', '--quiet');
    expect(one.exec(stdout)?.[1], name).toBe(schema);
    expect(() => JSON.parse(stdout) as unknown, name).not.toThrow();
    expect(exitCode, name).toBe(expected);
  }
});

it('gives one from init', async () => {
  const folder = await temporaryFolder({ 'churn.csv': DATA });
  const { stdout } = await touchstone(folder, 'init', '--yes', '--dry-run', '--json');
  expect(stdout).toMatch(one);
});
