import type { Argument, Command, Option } from 'commander';

/** A word that may stand where the cursor is. */
export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** What may stand there. Values of a kind are looked up by whoever knows them. */
export type Completion =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  | {
      readonly kind: 'values';
      /** As the usage names it: `model`, `version`, `environment`, `run`. */
      readonly of: string;
      /** What stands before the value in the same word: `--to=`. */
      readonly prefix: string;
      /** What the value begins with. */
      readonly typed: string;
      /** Positional words before it. */
      readonly operands: readonly string[];
      /** The configuration that the line names. */
      readonly config?: string;
    };

/**
 * What may stand at the end of a command line.
 * @param words after the program's name, the last of them being typed; it may be empty.
 */
export function completeWords(program: Command, words: readonly string[]): Completion {
  const typed = words.at(-1) ?? '';
  const line = walk(program, words.slice(0, -1));
  if (line.awaiting !== undefined) return valueOf(line.awaiting, typed, '', line);
  const assigned = /^(--[^=]+)=(.*)$/.exec(typed);
  if (assigned !== null) {
    const [, name = '', begun = ''] = assigned;
    const option = line.command.options.find(({ long }) => long === name);
    return option === undefined ? NOTHING : valueOf(option, begun, `${name}=`, line);
  }
  if (typed.startsWith('-')) return options(line, typed);
  const commands = line.command.commands.filter((each) => !isHidden(each));
  if (commands.length > 0) {
    return fitting(
      typed,
      commands.map((each) => ({ word: each.name(), description: each.description() })),
    );
  }
  const parameters = line.command.registeredArguments;
  const parameter =
    parameters[line.operands.length] ?? (parameters.at(-1)?.variadic === true ? parameters.at(-1) : undefined);
  return parameter === undefined ? options(line, typed) : valueOf(parameter, typed, '', line);
}

interface Line {
  readonly command: Command;
  readonly operands: readonly string[];
  readonly given: ReadonlySet<Option>;
  /** An option whose value is to come. */
  readonly awaiting?: Option;
  readonly config?: string;
}

const NOTHING: Completion = { kind: 'words', candidates: [] };

function walk(program: Command, words: readonly string[]): Line {
  let command = program;
  let awaiting: Option | undefined;
  let config: string | undefined;
  const operands: string[] = [];
  const given = new Set<Option>();
  for (const word of words) {
    if (awaiting !== undefined) {
      if (awaiting.long === '--config') config = word;
      awaiting = undefined;
      continue;
    }
    const name = word.split('=', 1)[0] ?? word;
    const option = command.options.find(({ long, short }) => long === name || short === name);
    if (option !== undefined) {
      given.add(option);
      if (name === '--config' && word !== name) config = word.slice(name.length + 1);
      if (takesValue(option) && word === name) awaiting = option;
      continue;
    }
    const below = command.commands.find((each) => each.name() === word);
    if (below !== undefined && operands.length === 0) command = below;
    else if (!word.startsWith('-')) operands.push(word);
  }
  return { command, operands, given, ...(awaiting && { awaiting }), ...(config !== undefined && { config }) };
}

function options({ command, given }: Line, typed: string): Completion {
  const open = command.options.filter((option) => !option.hidden && !given.has(option));
  return fitting(
    typed,
    open.map(({ long, description }) => ({ word: long ?? '', description })),
  );
}

function valueOf(wanted: Option | Argument, typed: string, prefix: string, { operands, config }: Line): Completion {
  const { argChoices } = wanted;
  if (argChoices !== undefined) {
    const candidates = argChoices.filter((each) => each.startsWith(typed));
    return { kind: 'words', candidates: candidates.map((each) => ({ word: `${prefix}${each}`, description: '' })) };
  }
  const of = 'flags' in wanted ? (/[<[]([^>\]]+)/.exec(wanted.flags)?.[1] ?? '') : wanted.name();
  return { kind: 'values', of, prefix, typed, operands, ...(config !== undefined && { config }) };
}

function fitting(typed: string, candidates: readonly Candidate[]): Completion {
  return { kind: 'words', candidates: candidates.filter(({ word }) => word !== '' && word.startsWith(typed)) };
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

// Commander keeps it, and does not say it in its types.
function isHidden(command: Command): boolean {
  return '_hidden' in command && command._hidden === true;
}
