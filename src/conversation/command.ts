import { closest, distance } from 'fastest-levenshtein';
import { isCommitSha, type CommitSha } from '../identity/git.ts';
import { isModelName, NAME_RULE, type ModelName } from '../identity/names.ts';
import type { OverriddenThing } from '../pullRequest/override.ts';

/** What somebody asks for by a comment. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'status' }
  | { readonly kind: 'retrain'; readonly model?: ModelName; readonly dryRun: boolean }
  | { readonly kind: 'ok-to-train'; readonly head: CommitSha; readonly dryRun: boolean }
  | {
      readonly kind: 'override';
      readonly of: OverriddenThing;
      /** Absent: the model that has such a finding. */
      readonly model?: ModelName;
      readonly reason: string;
      readonly dryRun: boolean;
    };

export type CommandName = Command['kind'];
export const COMMAND_NAMES: readonly CommandName[] = ['help', 'status', 'retrain', 'ok-to-train', 'override'];

/** How each is written. */
export const USAGE: { readonly [command in CommandName]: string } = {
  help: '/help',
  status: '/status',
  retrain: '/retrain [MODEL] [dry-run]',
  'ok-to-train': '/ok-to-train SHA [dry-run]',
  override: '/override FINDING reason="..." [dry-run]',
};

export type ParsedCommand =
  /** A comment like any other. Other programs have commands too, so an unknown word is none of ours. */
  | { readonly kind: 'none' }
  | { readonly kind: 'command'; readonly command: Command }
  /** Nearly the name of one. */
  | { readonly kind: 'misspelt'; readonly word: string; readonly meant: CommandName }
  | { readonly kind: 'bad-argument'; readonly name: CommandName; readonly problem: string };

/** What is longer is no command. */
const LONGEST_LINE = 1000;
const LONGEST_REASON = 500;
/** `retrian` is two away from `retrain`; `deploy` and `lgtm` are further from everything. */
const NEAR = 2;

/**
 * A command stands on the first line of a comment, from its first character on: what is quoted, indented, in a code block or
 * further down is talk about one. Arguments are words, `key="value"` and quoted words; nothing is passed on as it is.
 */
export function parseCommand(body: string): ParsedCommand {
  const [first = ''] = body.split(/\r?\n/, 1);
  const [, word, rest = ''] = /^\/([A-Za-z][A-Za-z-]{0,30})(?:[ \t]+(.*))?$/.exec(first.trimEnd()) ?? [];
  if (word === undefined || first.length > LONGEST_LINE) return { kind: 'none' };
  const name = COMMAND_NAMES.find((each) => each === word);
  if (name === undefined) return misspelt(word);
  const words = wordsOf(rest);
  if (words === undefined) return bad(name, 'a quote is not closed, or stands inside of a word');
  return withArguments(name, words);
}

function misspelt(word: string): ParsedCommand {
  const meant = closest(word.toLowerCase(), [...COMMAND_NAMES]) as CommandName;
  const isNear = distance(word.toLowerCase(), meant) <= NEAR && word.length > NEAR + 1;
  return isNear ? { kind: 'misspelt', word, meant } : { kind: 'none' };
}

type Word =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'option'; readonly key: string; readonly value: string };

/** Splits at spaces; `"two words"` is one, and `key="two words"` an option. `undefined` where quotes are not as they must be. */
function wordsOf(text: string): readonly Word[] | undefined {
  const words: Word[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const [whole = '', key, quoted, quotedWord, bare] =
      /^(?:([a-z-]+)=(?:"([^"]*)"|(?=[^"])[^\s"]+)|"([^"]*)"|([^\s"]+))(?=\s|$)/.exec(rest) ?? [];
    if (whole === '') return undefined;
    if (key !== undefined) words.push({ kind: 'option', key, value: quoted ?? whole.slice(key.length + 1) });
    else words.push({ kind: 'word', text: quotedWord ?? bare ?? '' });
    rest = rest.slice(whole.length).trimStart();
  }
  return words;
}

function withArguments(name: CommandName, written: readonly Word[]): ParsedCommand {
  const isDryRun = (each: Word): boolean => each.kind === 'word' && each.text === 'dry-run';
  const dryRun = written.some(isDryRun);
  const words = written.filter((each) => !isDryRun(each));
  if (dryRun && (name === 'help' || name === 'status')) return bad(name, `"dry-run" means nothing to /${name}`);
  switch (name) {
    case 'help':
    case 'status':
      return words.length === 0 ? { kind: 'command', command: { kind: name } } : bad(name, excess(words));
    case 'retrain':
      return retrain(words, dryRun);
    case 'ok-to-train':
      return okToTrain(words, dryRun);
    case 'override':
      return override(words, dryRun);
  }
}

function retrain(words: readonly Word[], dryRun: boolean): ParsedCommand {
  const [model, ...others] = words;
  if (others.length > 0) return bad('retrain', excess(others));
  if (model === undefined) return { kind: 'command', command: { kind: 'retrain', dryRun } };
  if (model.kind === 'option' || !isModelName(model.text)) {
    return bad('retrain', `${shown(model)} is no name of a model. Expected ${NAME_RULE}`);
  }
  return { kind: 'command', command: { kind: 'retrain', model: model.text, dryRun } };
}

function okToTrain(words: readonly Word[], dryRun: boolean): ParsedCommand {
  const [head, ...others] = words;
  if (others.length > 0) return bad('ok-to-train', excess(others));
  const expected = 'Expected the whole commit, 40 hex digits: that of which you have read the changes';
  if (head === undefined) return bad('ok-to-train', `no commit is named. ${expected}`);
  if (head.kind === 'option' || !isCommitSha(head.text)) {
    return bad('ok-to-train', `${shown(head)} is no commit. ${expected}`);
  }
  return { kind: 'command', command: { kind: 'ok-to-train', head: head.text, dryRun } };
}

function override(words: readonly Word[], dryRun: boolean): ParsedCommand {
  const options = words.filter((each) => each.kind === 'option');
  const [finding, ...others] = words.filter((each) => each.kind === 'word');
  const [reason, ...more] = options;
  if (others.length > 0) return bad('override', excess(others));
  if (more.length > 0 || (reason !== undefined && reason.key !== 'reason')) {
    return bad('override', excess(options.filter(({ key }, index) => key !== 'reason' || index > 0)));
  }
  const said = reason?.value.trim() ?? '';
  if (said === '')
    return bad('override', 'no reason is given. Expected reason="...": it stands in the registry for good');
  if (said.length > LONGEST_REASON) {
    return bad('override', `the reason has ${said.length} characters. Expected ${LONGEST_REASON} at most`);
  }
  const named = finding === undefined ? undefined : findingOf(finding.text);
  if (named === undefined) {
    const what =
      finding === undefined ? 'nothing is named' : `${shown(finding)} names nothing that could be overridden`;
    return bad(
      'override',
      `${what}. Expected a finding such as recall@overall or churn:recall@overall, or model:churn`,
    );
  }
  return { kind: 'command', command: { kind: 'override', ...named, reason: said, dryRun } };
}

/** `recall@overall`, `churn:recall@overall` where several models have it, `model:churn`. */
function findingOf(text: string): { readonly of: OverriddenThing; readonly model?: ModelName } | undefined {
  const [, gone] = /^model:([^@]+)$/.exec(text) ?? [];
  if (gone !== undefined) return isModelName(gone) ? { of: { kind: 'model' }, model: gone } : undefined;
  const [, model, id] = /^(?:([^:@]+):)?([^@:]+@.+)$/.exec(text) ?? [];
  if (id === undefined) return undefined;
  if (model === undefined) return { of: { kind: 'finding', id } };
  return isModelName(model) ? { of: { kind: 'finding', id }, model } : undefined;
}

function excess(words: readonly Word[]): string {
  return `${words.map(shown).join(', ')} ${words.length === 1 ? 'is' : 'are'} too much`;
}

function shown(word: Word): string {
  return word.kind === 'option' ? `"${word.key}=${word.value}"` : `"${word.text}"`;
}

function bad(name: CommandName, problem: string): ParsedCommand {
  return { kind: 'bad-argument', name, problem };
}
