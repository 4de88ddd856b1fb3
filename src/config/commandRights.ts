import { quote, suggestion, type Complain, type Path } from './complaint.ts';
import {
  GUARDED_COMMANDS,
  REPOSITORY_ROLES,
  type CommandRight,
  type CommandRights,
  type GuardedCommand,
  type RepositoryRole,
} from './config.ts';
import { entriesOf } from './reading.ts';
import type { WrittenCommands } from './writtenForm.ts';

/**
 * The least that a command can be given to. On a public repository everybody reads, so none is for readers; and whoever lets
 * code run, or a gate pass, could push as well.
 */
const FLOORS: { readonly [command in GuardedCommand]: RepositoryRole } = {
  retrain: 'triage',
  'ok-to-train': 'write',
  override: 'write',
};

const DEFAULTS: { readonly [command in GuardedCommand]: RepositoryRole } = {
  retrain: 'write',
  'ok-to-train': 'write',
  override: 'maintain',
};

/** Where the configuration says nothing, or cannot be read. */
export const DEFAULT_RIGHTS: CommandRights = {
  retrain: { least: DEFAULTS.retrain, people: [] },
  'ok-to-train': { least: DEFAULTS['ok-to-train'], people: [] },
  override: { least: DEFAULTS.override, people: [] },
};

// https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
const LOGIN = /^@[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?$/;

export function normaliseCommandRights(written: WrittenCommands | undefined, complain: Complain): CommandRights {
  const rights: { [command in GuardedCommand]: CommandRight } = { ...DEFAULT_RIGHTS };
  for (const command of GUARDED_COMMANDS) {
    const given = written?.[command];
    if (given !== undefined) rights[command] = rightOf(command, given, ['commands', command], complain);
  }
  return rights;
}

function rightOf(
  command: GuardedCommand,
  written: string | readonly string[],
  path: Path,
  complain: Complain,
): CommandRight {
  const roles = rolesFrom(FLOORS[command]);
  const people: string[] = [];
  let least: RepositoryRole | undefined;
  for (const { value, path: at } of entriesOf(written, path)) {
    const role = roles.find((each) => each === value);
    if (LOGIN.test(value)) people.push(value.slice(1));
    else if (role === undefined) {
      const expected = `one of ${roles.join(', ')}, or a person as "@login"`;
      complain({ path: at, found: quote(value), expected, ...suggestion(value, roles) });
    } else if (least === undefined || isAtLeast(least, role)) least = role;
  }
  return { ...(least !== undefined && { least }), people };
}

function rolesFrom(floor: RepositoryRole): readonly RepositoryRole[] {
  return REPOSITORY_ROLES.slice(REPOSITORY_ROLES.indexOf(floor));
}

function isAtLeast(role: RepositoryRole, least: RepositoryRole): boolean {
  return REPOSITORY_ROLES.indexOf(role) >= REPOSITORY_ROLES.indexOf(least);
}

/** Somebody, and what they are in the repository; no role for whoever has nothing to do with it. */
export interface Person {
  readonly login: string;
  readonly role?: RepositoryRole;
}

/** Whether somebody may give a command. Logins are told apart without their case, as GitHub does. */
export function mayCommand(command: GuardedCommand, { login, role }: Person, rights: CommandRights): boolean {
  if (role === undefined || !isAtLeast(role, FLOORS[command])) return false;
  const { least, people } = rights[command];
  const isNamed = people.some((name) => name.toLowerCase() === login.toLowerCase());
  return isNamed || (least !== undefined && isAtLeast(role, least));
}

/** `somebody with maintain or more`, `@ada`: for a sentence on who may. */
export function tellRight(command: GuardedCommand, rights: CommandRights): string {
  const { least, people } = rights[command];
  const named = people.map((login) => `@${login}`);
  const role = least === undefined ? [] : [`whoever has the role "${least}"${least === 'admin' ? '' : ' or more'}`];
  return [...role, ...named].join(', ');
}
