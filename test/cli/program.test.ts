import { describe, expect, it } from 'vitest';
import { tellFailure } from '../../src/cli/failures.ts';
import { runCli } from '../../src/cli/program.ts';
import { ServiceFailure, UserMistake } from '../../src/failure.ts';
import { fakeProcess } from '../fakes/process.ts';

describe('the command line', () => {
  it('prints its commands and ends with 0 when asked for help', async () => {
    const process = fakeProcess(['--help']);
    expect(await runCli(process)).toBe(0);
    for (const command of ['run', 'validate', 'train', 'evaluate', 'register', 'promote', 'rollback', 'registry']) {
      expect(process.out()).toContain(`\n  ${command} `);
    }
  });

  it.each([[[]], [['registry']]])('answers %j, which asks for nothing, with help', async (argv) => {
    const process = fakeProcess(argv);
    expect(await runCli(process)).toBe(0);
    expect(process.out()).toContain(`Usage: ${['touchstone', ...argv].join(' ')} `);
    expect(process.err()).toBe('');
  });

  it('shows an example in the help of every command', async () => {
    for (const argv of [['run'], ['promote'], ['registry', 'verify'], ['report']]) {
      const process = fakeProcess([...argv, '--help']);
      expect(await runCli(process)).toBe(0);
      expect(process.out()).toContain(`Example:\n  touchstone ${argv.join(' ')}`);
    }
  });

  it('prints its version', async () => {
    const process = fakeProcess(['--version']);
    expect(await runCli(process)).toBe(0);
    expect(process.out()).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('suggests the command that was meant, and ends with 2', async () => {
    const process = fakeProcess(['evalute']);
    expect(await runCli(process)).toBe(2);
    expect(process.err()).toContain("unknown command 'evalute'");
    expect(process.err()).toContain('Did you mean evaluate?');
    expect(process.out()).toBe('');
  });

  it.each([
    [['registry', 'lst'], "unknown command 'lst'"],
    [['run', '--confg', 'x.yml'], "unknown option '--confg'"],
    [['promote'], "missing required argument 'version'"],
    [['rollback', 'churn'], "required option '--reason <text>' not specified"],
    [['report', '--format', 'pdf'], 'Allowed choices are text, markdown, html, json'],
    [['run', 'churn', 'extra'], 'too many arguments'],
  ])('refuses %j as a mistake', async (argv, message) => {
    const process = fakeProcess(argv);
    expect(await runCli(process)).toBe(2);
    expect(process.err()).toContain(message);
    expect(process.err()).not.toContain('    at ');
  });
});

describe('what went wrong', () => {
  const mistake = new UserMistake('config-missing', { where: 'touchstone.yml', found: 'there is no such file' });

  it('tells a mistake in its own words, without a stack trace', () => {
    const process = fakeProcess(['run']);
    expect(tellFailure(mistake, process)).toBe(2);
    expect(process.err()).toBe('touchstone.yml: there is no such file.\n');
  });

  it('tells a mistake as the one JSON document where JSON was asked for', () => {
    const process = fakeProcess(['run', '--json']);
    tellFailure(mistake, process);
    expect(JSON.parse(process.out())).toMatchObject({
      schema: 'touchstone/failure/v1',
      kind: 'mistake',
      code: 'config-missing',
      problems: [{ where: 'touchstone.yml' }],
    });
  });

  it('tells a service failure from a mistake by its exit code', () => {
    const process = fakeProcess(['promote', 'churn@v1']);
    expect(tellFailure(new ServiceFailure('store-read-only', { where: 'registry', found: 'read only' }), process)).toBe(
      3,
    );
  });

  it('owns up to a bug with its stack trace', () => {
    const process = fakeProcess(['run']);
    expect(tellFailure(new TypeError('x is undefined'), process)).toBe(70);
    expect(process.err()).toContain('bug in Touchstone');
    expect(process.err()).toContain('program.test.ts');
  });

  it('says that it was interrupted, whatever the interruption broke', () => {
    const process = fakeProcess(['run'], { signal: AbortSignal.abort() });
    expect(tellFailure(new Error('aborted'), process)).toBe(130);
  });
});
