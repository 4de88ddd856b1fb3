import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram, runCli } from '../../src/cli/program.ts';
import { fakeProcess } from '../fakes/process.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

/** Every command that a person may type, by its words; those with commands below them are told by their help alone. */
function commandsOf(command: Command, above: readonly string[] = []): readonly (readonly string[])[] {
  return command.commands
    .filter((each) => each.name() !== 'complete')
    .flatMap((each) => {
      const words = [...above, each.name()];
      return each.commands.length > 0 ? commandsOf(each, words) : [words];
    });
}

const program = buildProgram(fakeProcess([]), () => undefined);
const commands = commandsOf(program).map((words) => words.join(' '));

async function helpOf(...argv: readonly string[]): Promise<string> {
  const process = fakeProcess([...argv, '--help']);
  expect(await runCli(process)).toBe(0);
  expect(process.err()).toBe('');
  return process.out();
}

/** The command lines below "Example:", in words. */
function examplesIn(help: string): readonly (readonly string[])[] {
  const [, shown = ''] = /\nExample:\n((?: {2}.*\n?)+)/.exec(help) ?? [];
  const lines = shown.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''));
}

const ESCAPE = /\u001b/;

it('knows the commands that this test goes over', () => {
  expect(commands).toEqual(expect.arrayContaining(['init', 'run', 'doctor', 'registry verify', 'completion']));
});

describe.each(commands)('touchstone %s', (words) => {
  const argv = words.split(' ');

  it('is told in 80 columns, with an example', async () => {
    const help = await helpOf(...argv);
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(examplesIn(help).length).toBeGreaterThan(0);
    expect(help).not.toMatch(ESCAPE);
  });

  it('takes --json, --quiet and --config', async () => {
    const help = await helpOf(...argv);
    for (const option of ['--json', '--quiet', '--config <file>']) expect(help).toContain(`\n  ${option} `);
  });

  it('has examples that work as they stand: they are parsed, and fail at most for want of a project', async () => {
    for (const [name, ...example] of examplesIn(await helpOf(...argv))) {
      expect(name).toBe('touchstone');
      expect(example.slice(0, argv.length)).toEqual(argv);
      const process = fakeProcess([...example, '--json'], { cwd: await temporaryFolder() });
      await runCli(process);
      expect(process.out()).not.toContain('"commander.');
    }
  });

  it('says one JSON document on stdout and nothing else, also where it fails', async () => {
    const [[, ...example] = []] = examplesIn(await helpOf(...argv));
    const process = fakeProcess([...example, '--json', '--quiet'], { cwd: await temporaryFolder() });
    const exitCode = await runCli(process);
    expect(process.out()).toMatch(/^\{\n {2}"schema": "touchstone\/[a-z-]+\/v1"/);
    const document = JSON.parse(process.out()) as { readonly schema: string };
    // With doctor and completion nothing has to be there; all others want a project.
    if (exitCode !== 0) {
      expect(document).toMatchObject({
        schema: 'touchstone/failure/v1',
        kind: 'mistake',
        code: expect.any(String) as string,
      });
      expect(exitCode).toBe(2);
    }
    expect(process.err()).not.toMatch(ESCAPE);
  });

  it('refuses an option that it does not know, as JSON too', async () => {
    const [[, ...example] = []] = examplesIn(await helpOf(...argv));
    const process = fakeProcess([...example, '--no-such-option', '--json']);
    expect(await runCli(process)).toBe(2);
    expect(JSON.parse(process.out())).toMatchObject({
      schema: 'touchstone/failure/v1',
      code: 'commander.unknownOption',
    });
  });
});

describe('touchstone --help', () => {
  it('fits 80 columns, on a wider terminal too', async () => {
    const wide = fakeProcess(['--help']);
    await runCli({ ...wide, stdout: { write: (text) => wide.stdout.write(text), isTTY: true, columns: 200 } });
    expect(
      wide
        .out()
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  it('has every command in a group of its own name', async () => {
    const help = await helpOf();
    const named = [...help.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map(([, name]) => name);
    expect(named).toEqual(expect.arrayContaining([...new Set(commands.map((words) => words.split(' ')[0]))]));
    // Commander puts what has no group under this heading.
    expect(help).not.toContain('\nCommands:');
    expect(help).not.toContain('complete ');
  });

  it.each(['0 ', '1 ', '2 ', '3 ', '70', '130'])('tells what the exit code %s means', async (code) => {
    expect(await helpOf()).toContain(`\n  ${code}`);
  });
});
