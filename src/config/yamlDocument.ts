import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { quote, type Complain, type Path } from './complaint.ts';

/** A line and a column, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The values of a YAML text, and where each of them stands in it. */
export interface YamlDocument {
  readonly value: unknown;
  /** The place of a value, or of its key; where the path leads nowhere, that of the nearest key above. */
  placeOf(path: Path, at: 'key' | 'value'): Place;
  /** A scalar as it is written, quotes aside: `007` where the value is the number 7. */
  sourceOf(path: Path): string | undefined;
}

/** What is wrong with the text itself, so that nothing can be said of what it holds. */
export interface SyntaxError {
  readonly place: Place;
  readonly found: string;
}

// An alias repeats what it names, so a short text can stand for endless values ("billion laughs").
const MOST_VALUES = 50_000;
const DEEPEST = 50;

/**
 * Reads YAML 1.2, core schema: `no`, `on` and `yes` are text. Aliases are followed within bounds; merge keys (`<<`) are
 * keys like any other.
 *
 * @returns the errors of the text where it has any; keys given twice go to `complain`, and the last one counts.
 */
export function readYaml(text: string, complain: Complain): YamlDocument | readonly SyntaxError[] {
  const lineCounter = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = parse(text, lineCounter);
  // A warning is a tag or a directive that the library does not know and would drop in silence.
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    return errors.map((error) => ({ place: placeAt(error.pos[0]), found: sentence(error.message) }));
  }
  const reader = new Reader(complain, placeAt);
  const value = reader.read(document.contents, [], 0);
  if (reader.overflow !== undefined) return [reader.overflow];
  return {
    value,
    placeOf: (path, at) => placeAt(reader.offsetOf(path, at)),
    sourceOf: (path) => reader.entry(path)?.source,
  };
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    // Spelled out, since a `%YAML 1.1` line would otherwise turn `no` into false.
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    // The library compares every pair of keys; the reader below keeps a set.
    uniqueKeys: false,
    logLevel: 'error',
  });
}

function sentence(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return `the YAML cannot be read: ${line.replace(/\.$/, '')}`;
}

interface Entry {
  readonly key: number;
  readonly value: number;
  readonly source?: string;
}

/** Turns nodes into plain values, and keeps where each one stood. */
class Reader {
  overflow: SyntaxError | undefined;
  readonly #complain: Complain;
  readonly #placeAt: (offset: number) => Place;
  readonly #entries = new Map<string, Entry>();
  readonly #anchors = new Map<string, Node>();
  #values = 0;

  constructor(complain: Complain, placeAt: (offset: number) => Place) {
    this.#complain = complain;
    this.#placeAt = placeAt;
  }

  entry(path: Path): Entry | undefined {
    return this.#entries.get(JSON.stringify(path));
  }

  offsetOf(path: Path, at: 'key' | 'value'): number {
    const entry = this.entry(path);
    if (entry !== undefined) return entry[at];
    return path.length === 0 ? 0 : this.offsetOf(path.slice(0, -1), 'key');
  }

  read(node: Node | null, path: Path, keyOffset: number | undefined): unknown {
    const offset = node?.range?.[0] ?? keyOffset ?? 0;
    this.#values += 1;
    if (this.#values > MOST_VALUES) this.#stop(offset, `more than ${MOST_VALUES} values, aliases counted each time`);
    if (path.length > DEEPEST) this.#stop(offset, `more than ${DEEPEST} levels, or an alias inside of what it names`);
    if (this.overflow !== undefined || node === null) return null;

    if (isAlias(node)) return this.#readAlias(node.source, path, offset, keyOffset);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    const collection = isMap(node) || isSeq(node);
    this.#entries.set(JSON.stringify(path), {
      key: keyOffset ?? offset,
      // A mapping begins on the line after its key; people look for the key.
      value: collection ? (keyOffset ?? offset) : offset,
      ...(isScalar(node) && node.source !== undefined ? { source: node.source } : {}),
    });
    if (isMap(node)) return this.#readMap(node.items, path);
    if (isSeq(node)) return node.items.map((item, index) => this.read(item as Node, [...path, index], undefined));
    return isScalar(node) ? node.value : null;
  }

  #readAlias(name: string, path: Path, offset: number, keyOffset: number | undefined): unknown {
    const target = this.#anchors.get(name);
    if (target === undefined) {
      this.#stop(offset, `the alias *${name} stands before its anchor`);
      return null;
    }
    return this.read(target, path, keyOffset ?? offset);
  }

  #readMap(items: readonly { readonly key: unknown; readonly value: unknown }[], path: Path): unknown {
    const values: Record<string, unknown> = {};
    const first = new Map<string, number>();
    for (const { key, value } of items) {
      if (!isScalar(key)) continue;
      const name = String(key.value);
      const offset = key.range?.[0] ?? 0;
      const child = [...path, name];
      if (isUnsafeKey(name)) {
        this.#entries.set(JSON.stringify(child), { key: offset, value: offset });
        this.#complain({ path: child, atKey: true, found: `${quote(name)} cannot be a key` });
        continue;
      }
      values[name] = this.read(value as Node | null, child, offset);
      const before = first.get(name);
      if (before === undefined) first.set(name, offset);
      else {
        const found = `the key ${quote(name)} is given twice, first in line ${this.#placeAt(before).line}`;
        this.#complain({ path: child, atKey: true, found, remedy: 'Keep one of the two' });
      }
    }
    return values;
  }

  #stop(offset: number, reason: string): void {
    this.overflow ??= { place: this.#placeAt(offset), found: `the YAML cannot be read: ${reason}` };
  }
}

// Names that reach into a JavaScript object instead of naming an entry of it; the shape check would drop them unseen.
function isUnsafeKey(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}
