import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { mayCommand, tellRight } from '../../src/config/commandRights.ts';
import type { CommandRights, RepositoryRole } from '../../src/config/config.ts';
import { configOf, LEAST, problemsIn } from './written.ts';

const textOf = (commands: object): string => stringify({ version: 1, models: { churn: LEAST }, commands });
const rightsOf = (commands: object): CommandRights => configOf(textOf(commands)).commands;
const ROLES: readonly (RepositoryRole | undefined)[] = [undefined, 'read', 'triage', 'write', 'maintain', 'admin'];
const whoMay = (command: keyof CommandRights, rights: CommandRights): readonly (RepositoryRole | undefined)[] =>
  ROLES.filter((role) => mayCommand(command, { login: 'ada', ...(role && { role }) }, rights));

describe('the rights of commands', () => {
  it('are these where nothing is written', () => {
    const rights = configOf(stringify({ version: 1, models: { churn: LEAST } })).commands;
    expect(whoMay('retrain', rights)).toEqual(['write', 'maintain', 'admin']);
    expect(whoMay('ok-to-train', rights)).toEqual(['write', 'maintain', 'admin']);
    expect(whoMay('override', rights)).toEqual(['maintain', 'admin']);
  });

  it('are given to a role and all above it, of several to the least', () => {
    expect(whoMay('override', rightsOf({ override: 'admin' }))).toEqual(['admin']);
    expect(whoMay('retrain', rightsOf({ retrain: ['admin', 'triage'] }))).toEqual([
      'triage',
      'write',
      'maintain',
      'admin',
    ]);
    expect(whoMay('override', rightsOf({ retrain: 'triage' }))).toEqual(['maintain', 'admin']);
  });

  it('are given to people, who still must be able to write where the command could do as much', () => {
    const rights = rightsOf({ override: ['@Ada', 'admin'], retrain: '@ada' });
    expect(whoMay('override', rights)).toEqual(['write', 'maintain', 'admin']);
    expect(whoMay('retrain', rights)).toEqual(['triage', 'write', 'maintain', 'admin']);
    expect(mayCommand('override', { login: 'grace', role: 'write' }, rights)).toBe(false);
    expect(mayCommand('retrain', { login: 'grace', role: 'admin' }, rights)).toBe(false);
  });

  it('are told in words', () => {
    expect(tellRight('override', rightsOf({ override: ['maintain', '@ada'] }))).toBe(
      'whoever has the role "maintain" or more, @ada',
    );
    expect(tellRight('retrain', rightsOf({ retrain: ['@ada', '@grace'] }))).toBe('@ada, @grace');
  });

  it.each([
    [
      { retrain: 'read' },
      'commands.retrain: "read". Expected one of triage, write, maintain, admin, or a person as "@login".',
    ],
    [
      { override: 'triage' },
      'commands.override: "triage". Expected one of write, maintain, admin, or a person as "@login".',
    ],
    [{ override: ['maintian'] }, /commands\.override\[0\]: "maintian"\. .* Perhaps "maintain" is meant\./],
    [{ override: 'ada' }, /commands\.override: "ada"/],
    [{ override: ['@ada lovelace'] }, /commands\.override\[0\]/],
    [{ override: [] }, /commands\.override: .*at least one entry/],
    [{ promote: 'write' }, /commands\.promote: unknown key "promote"/],
  ])('%j is refused', (commands, said) => {
    expect(problemsIn(textOf(commands))).toEqual([typeof said === 'string' ? said : expect.stringMatching(said)]);
  });
});
