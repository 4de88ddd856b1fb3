import { isMap, isNode, isPair, isScalar, isSeq, parseDocument, type Document, type Pair, type YAMLMap } from 'yaml';

const HEADER = `# What is trained here, on which rows it is judged, and what it takes to be accepted. Whatever is written here can be
# edited; "touchstone validate" tells what is wrong with an edit. All keys: docs/configuration.md of Touchstone.
version: 1
`;

/** Where the registry is, and where it could be. */
const REGISTRY = {
  anywhere: `# Versions, verdicts and champions are kept in .touchstone/registry, on this machine alone. For a team: a folder that all
# of it can write to.
# registry: file:/mnt/models/registry
`,
  github: `# Versions, verdicts and champions are kept in .touchstone/registry, on this machine alone. A pull request is judged on a
# clean runner, which reads the champion out of the registry: keep it in the repository itself, on a branch of its own.
# registry: "github:"
`,
} as const;

const INDENT = 2;

/** A configuration with one model, in a repository of GitHub or anywhere. */
export function newConfig(section: readonly string[], place: keyof typeof REGISTRY = 'anywhere'): string {
  return [HEADER, REGISTRY[place], `models:\n${indented(section, INDENT, '\n')}`].join('\n');
}

/**
 * The text of a configuration with one more model at its end: everything that stands there stays as it is, comments and
 * spaces too.
 *
 * @param text a valid configuration.
 * @returns `undefined` where the models are not written one below the other (`models: { churn: ... }`).
 */
export function withModel(text: string, section: readonly string[]): string | undefined {
  const models = modelsOf(text);
  if (models === undefined || models.flow === true) return undefined;
  const indent = indentOf(text, models);
  if (indent === undefined) return undefined;
  const end = endOfModels(text, models, indent);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text.slice(0, end);
  const gap = before.endsWith('\n') ? newline : `${newline}${newline}`;
  return `${before}${gap}${indented(section, indent, newline)}${text.slice(end)}`;
}

/** Where a model's section stands in a configuration: from its name to the line after its last value. */
export function sectionRange(text: string, model: string): readonly [start: number, end: number] | undefined {
  const models = modelsOf(text);
  const items = models?.items ?? [];
  const at = items.findIndex((item) => isScalar(item.key) && item.key.value === model);
  const start = offsetOf(items[at]);
  if (models === undefined || start === undefined) return undefined;
  const next = offsetOf(items[at + 1]);
  return [start, next ?? endOfModels(text, models, indentOf(text, models) ?? INDENT)];
}

function modelsOf(text: string): YAMLMap | undefined {
  const document: Document.Parsed = parseDocument(text, { schema: 'core', keepSourceTokens: false, logLevel: 'error' });
  const models = isMap(document.contents) ? document.contents.get('models', true) : undefined;
  return isMap(models) ? models : undefined;
}

function offsetOf(item: Pair | undefined): number | undefined {
  return item !== undefined && isScalar(item.key) ? item.key.range?.[0] : undefined;
}

/** Columns before the names of the models. */
function indentOf(text: string, models: YAMLMap): number | undefined {
  const start = offsetOf(models.items[0]);
  if (start === undefined) return undefined;
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1);
  return indent > 0 ? indent : undefined;
}

/** After the line of the last value, and after comments below it that are indented as deep as the models. */
function endOfModels(text: string, models: YAMLMap, indent: number): number {
  const lastValue = endOfValue(models) ?? text.length;
  let end = text[lastValue - 1] === '\n' ? lastValue : endOfLine(text, lastValue);
  for (let next = end; next < text.length;) {
    const after = endOfLine(text, next);
    const line = text.slice(next, after);
    if (/^\s*#/.test(line) && line.search(/\S/) >= indent) end = after;
    else if (line.trim() !== '') break;
    next = after;
  }
  return end;
}

/** Where the last scalar of a value ends: a collection would count the comments below it as its own. */
function endOfValue(node: unknown): number | undefined {
  if ((isMap(node) || isSeq(node)) && node.flow !== true) {
    const last = node.items.at(-1);
    if (isPair(last)) return endOfValue(last.value) ?? endOfValue(last.key);
    if (last !== undefined) return endOfValue(last);
  }
  return isNode(node) ? node.range?.[1] : undefined;
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at + 1;
}

function indented(lines: readonly string[], indent: number, newline: string): string {
  return lines.map((line) => `${' '.repeat(indent)}${line}${newline}`).join('');
}
