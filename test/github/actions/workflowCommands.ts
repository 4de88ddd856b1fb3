import type { Annotation } from '../state/actions.ts';

/** What one line of a step's output means. */
export type Output =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'annotation'; readonly annotation: Annotation }
  | { readonly kind: 'mask'; readonly value: string }
  | { readonly kind: 'debug' }
  | { readonly kind: 'unknown'; readonly command: string };

/** Commands that runners know and this one does not carry out: a step that says one fails. */
const refused = ['add-matcher', 'remove-matcher', 'set-output', 'save-state', 'set-env', 'add-path', 'echo'];

/** Reads a step's output line by line. It remembers `::stop-commands::`. */
export class CommandReader {
  #resumeAt: string | undefined;

  read(line: string): Output {
    // ::command name=value,name=value::message, after nothing but blanks.
    const found = /^\s*::([^\s:]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/s.exec(line);
    const [, command = '', properties = '', message = ''] = found ?? [];
    if (found === null) return { kind: 'text', text: line };
    if (this.#resumeAt !== undefined) {
      if (command === this.#resumeAt) this.#resumeAt = undefined;
      return { kind: 'text', text: line };
    }
    const value = unescapeData(message);
    switch (command.toLowerCase()) {
      case 'notice':
      case 'warning':
      case 'error': {
        const level = command.toLowerCase() as Annotation['level'];
        return { kind: 'annotation', annotation: annotation(level, value, properties) };
      }
      case 'add-mask':
        return { kind: 'mask', value };
      case 'debug':
        return { kind: 'debug' };
      case 'group':
        return { kind: 'text', text: `##[group]${value}` };
      case 'endgroup':
        return { kind: 'text', text: '##[endgroup]' };
      case 'stop-commands':
        this.#resumeAt = value;
        return { kind: 'text', text: line };
      default:
        return refused.includes(command.toLowerCase()) ? { kind: 'unknown', command } : { kind: 'text', text: line };
    }
  }
}

function annotation(level: Annotation['level'], message: string, properties: string): Annotation {
  const given = new Map(
    properties.split(',').flatMap((property) => {
      const equals = property.indexOf('=');
      return equals < 0
        ? []
        : [[property.slice(0, equals).trim().toLowerCase(), unescapeProperty(property.slice(equals + 1))] as const];
    }),
  );
  const number = (name: string): number | undefined => {
    const value = Number(given.get(name));
    return Number.isInteger(value) && value > 0 ? value : undefined;
  };
  const found = {
    title: given.get('title'),
    file: given.get('file'),
    line: number('line'),
    endLine: number('endline'),
    column: number('col'),
    endColumn: number('endcolumn'),
  };
  return { level, message, ...Object.fromEntries(Object.entries(found).filter(([, each]) => each !== undefined)) };
}

function unescapeData(text: string): string {
  return text.replace(/%0D/g, '\r').replace(/%0A/g, '\n').replace(/%25/g, '%');
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replace(/%3A/g, ':').replace(/%2C/g, ','));
}
