import type { TemplateParseResult } from '@actions/workflow-parser';

import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';

import { github } from './githubPackages.ts';
import { interpolation } from './interpolation.ts';

import type { Document } from 'yaml';

type Token = NonNullable<TemplateParseResult['value']>;

/** `${{ code }}` as it stands in a file, to be evaluated when its contexts are known. */
export class Expression {
  readonly code: string;

  constructor(code: string) {
    this.code = code;
  }
}

/** A value as it is written in a workflow or action file. */
export type Written = string | number | boolean | null | Expression | readonly Written[] | WrittenMap;
export type WrittenMap = ReadonlyMap<string, Written>;

/** What is wrong with a workflow or action file, or what the runner does not know in it: never passed over. */
export class WorkflowError extends Error {
  override readonly name = 'WorkflowError';
}

/**
 * Takes what GitHub's parser read in `contents` as plain values. Of a block with an expression it keeps the source,
 * indentation and all, for an editor to point into: what the block says is taken from the YAML.
 */
export function written(token: Token, contents: string): Written {
  const document = parseDocument(contents);
  return take(token, document.contents, document);
}

function take(token: Token, node: unknown, document: Document): Written {
  const resolved = isAlias(node) ? node.resolve(document) : node;
  if (github.isMapping(token)) {
    const entries: [string, Written][] = [];
    for (const { key, value } of token) {
      if (!github.isString(key)) throw new WorkflowError(`The runner knows no expression as a key: ${key.toString()}`);
      entries.push([key.value, take(value, isMap(resolved) ? resolved.get(key.value, true) : undefined, document)]);
    }
    return new Map(entries);
  }
  if (github.isSequence(token)) {
    return [...token].map((each, at) => take(each, isSeq(resolved) ? resolved.get(at, true) : undefined, document));
  }
  if (github.isBasicExpression(token)) {
    const isBlock = isScalar(resolved) && (resolved.type === 'BLOCK_LITERAL' || resolved.type === 'BLOCK_FOLDED');
    return new Expression(isBlock ? interpolation(String(resolved.value)) : token.expression);
  }
  if (github.isString(token) || github.isNumber(token) || github.isBoolean(token)) return token.value;
  return null;
}

export function isWrittenMap(value: Written | undefined): value is WrittenMap {
  return value instanceof Map;
}

export function isWrittenList(value: Written | undefined): value is readonly Written[] {
  return Array.isArray(value);
}

/** The entries of a mapping; none where it is absent. Anything else is an error that names `where`. */
export function mapping(value: Written | undefined, where: string): WrittenMap {
  if (value === undefined || value === null) return new Map();
  if (isWrittenMap(value)) return value;
  throw new WorkflowError(`${where}: expected a mapping`);
}

/** Throws where a mapping has a key that the runner does not carry out. */
export function onlyKeys(map: WrittenMap, known: readonly string[], where: string): void {
  const unknown = [...map.keys()].filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new WorkflowError(`${where}: the runner does not know ${unknown.join(', ')}`);
}

/** A literal string, or undefined where it is absent. */
export function literalText(value: Written | undefined, where: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new WorkflowError(`${where}: expected plain text`);
}

/** A literal as text; `fallback` where there is none. */
export function literal(value: Written | undefined, fallback: string): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : fallback;
}
