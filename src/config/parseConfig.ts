import { UserMistake, type Problem } from '../failure.ts';
import type { ModelName } from '../identity/names.ts';
import { formatPath, startsWith, type Complaint, type Path } from './complaint.ts';
import type { Config, ModelConfig } from './config.ts';
import { normalise } from './normalise.ts';
import { sealedNeedsRoles, withQuotedRegistry } from './registryRules.ts';
import { RULES } from './rules.ts';
import { checkShape } from './shape.ts';
import { readYaml, type YamlDocument } from './yamlDocument.ts';

/** Which file a text comes from. */
export interface ConfigSource {
  /** Absolute path of the file, and of its folder. */
  readonly file: string;
  readonly root: string;
  /** The file as a person would call it: `touchstone.yml`. */
  readonly shown: string;
}

/** A configuration, and the words for a place in it. */
export interface ParsedConfig {
  readonly config: Config;
  /** `touchstone.yml:12:5 models.churn.data.train` */
  readonly where: (path: Path) => string;
}

/**
 * Reads `touchstone.yml`: written form, normalised shape, rules.
 *
 * @throws UserMistake `config-invalid` with every problem there is, in the order of the file.
 */
export function parseConfig(text: string, source: ConfigSource): ParsedConfig {
  const complaints: Complaint[] = [];
  const complain = (complaint: Complaint): void => {
    complaints.push(complaint);
  };
  const document = readYaml(withQuotedRegistry(text), complain);
  if (!('placeOf' in document)) {
    throw mistake(
      document.map(({ place, found }) => ({ where: `${source.shown}:${place.line}:${place.column}`, found })),
    );
  }

  const shape = checkShape(document.value);
  complaints.push(...shape.complaints);
  const broken = [...shape.broken];
  const unread = (complaint: Complaint): void => {
    if (followsFrom(complaint, shape.broken)) return;
    complain(complaint);
    if (complaint.atKey !== true) broken.push(complaint.path);
  };
  const normalised =
    shape.written && normalise(shape.written, { complain: unread, sourceOf: (path) => document.sourceOf(path) });
  const unlessBroken = (complaint: Complaint): void => {
    if (!followsFrom(complaint, broken)) complain(complaint);
  };
  for (const subject of normalised?.models ?? []) {
    for (const rule of RULES) rule(subject, unlessBroken);
    if (normalised) sealedNeedsRoles(subject, normalised.registry, unlessBroken);
  }
  const noModel = { path: ['models'], leansOn: [['models']], found: 'no model', expected: 'at least one' };
  if (normalised?.models.length === 0 && !followsFrom(noModel, broken)) complain(noModel);

  const where = (path: Path): string => formatWhere(path, 'value', document, source);
  if (complaints.length > 0 || normalised === undefined) throw mistake(inOrder(complaints, document, source));
  const models = new Map<ModelName, ModelConfig>(normalised.models.map(({ model }) => [model.name, model]));
  const { registry, commands } = normalised;
  return { config: { file: source.file, root: source.root, registry, models, commands }, where };
}

/** Whether a complaint speaks of something that is broken anyway, or leans on it, and so says nothing new. */
function followsFrom({ path, leansOn = [] }: Complaint, broken: readonly Path[]): boolean {
  return broken.some(
    (place) =>
      startsWith(path, place) || leansOn.some((support) => startsWith(support, place) || startsWith(place, support)),
  );
}

function inOrder(complaints: readonly Complaint[], document: YamlDocument, source: ConfigSource): readonly Problem[] {
  const placed = complaints.map((complaint) => {
    const { path, found, expected, remedy } = complaint;
    const at = complaint.atKey === true ? 'key' : 'value';
    const problem: Problem = {
      where: formatWhere(path, at, document, source),
      found,
      ...(expected === undefined ? {} : { expected }),
      ...(remedy === undefined ? {} : { remedy }),
    };
    return { place: document.placeOf(path, at), problem };
  });
  return placed
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .map(({ problem }) => problem);
}

function formatWhere(path: Path, at: 'key' | 'value', document: YamlDocument, source: ConfigSource): string {
  const { line, column } = document.placeOf(path, at);
  return `${source.shown}:${line}:${column} ${formatPath(path)}`.trimEnd();
}

const MOST_PROBLEMS = 100;

function mistake(problems: readonly Problem[]): UserMistake {
  const shown = problems.slice(0, MOST_PROBLEMS);
  const [first = { where: 'touchstone.yml', found: 'the file cannot be read' }, ...rest] = shown;
  const more = problems.length - shown.length;
  if (more > 0) rest.push({ where: first.where.split(':', 1)[0] ?? '', found: `${more} more problems` });
  return new UserMistake('config-invalid', first, ...rest);
}
