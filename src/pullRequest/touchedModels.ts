import type { ModelConfig } from '../config/config.ts';
import { canonicalJson, type Json } from '../identity/digest.ts';
import type { ModelName } from '../identity/names.ts';
import { declares } from '../training/declaredInputs.ts';

/** The models of one `touchstone.yml`; none where there is no such file. */
export type Models = ReadonlyMap<ModelName, ModelConfig>;

/** What lies between the merge base with the default branch and the head of a pull request. */
export interface Changes {
  /** The default branch's, which rule. */
  readonly ruling: Models;
  /** The head's. */
  readonly proposed: Models;
  /** Files that differ, by their path relative to the folder of `touchstone.yml`; what came and what went too. */
  readonly paths: Iterable<string>;
  /** Models whose section differs: see {@link changedSections}. */
  readonly sections: ReadonlySet<ModelName>;
  /** The files that a requirements file includes, itself left out. */
  readonly includedBy?: (requirements: string) => readonly string[];
}

/** What a pull request does to models, each list in the order of its configuration. */
export interface TouchedModels {
  /** Ruled by the default branch, and made of something that is changed. */
  readonly touched: readonly ModelName[];
  /** Only the pull request has them. */
  readonly added: readonly ModelName[];
  readonly removed: readonly RemovedModel[];
}

interface RemovedModel {
  readonly model: ModelName;
  /** An added model with the same task, target and training. */
  readonly renamedTo?: ModelName;
}

/**
 * The models that a pull request touches: a declared input of their training, a data file, the schema, the requirements
 * or their section of the configuration differs. Either configuration may declare it: training goes by the proposed one.
 * What only the default branch changed since is not the pull request's doing.
 */
export function touchedModels({ ruling, proposed, paths, sections, includedBy }: Changes): TouchedModels {
  const changed = [...paths];
  const touches = (...models: readonly (ModelConfig | undefined)[]): boolean =>
    models.some((model) => {
      if (model === undefined) return false;
      const patterns = declaredBy(model, includedBy);
      return changed.some((path) => declares(patterns, path));
    });
  const both = [...ruling.values()].filter(({ name }) => proposed.has(name));
  const touched = both.filter((model) => sections.has(model.name) || touches(model, proposed.get(model.name)));
  const added = [...proposed.values()].filter(
    (model) => !ruling.has(model.name) && (sections.has(model.name) || touches(model)),
  );
  const removed = [...ruling.values()].filter(({ name }) => !proposed.has(name) && sections.has(name));
  return {
    touched: touched.map(({ name }) => name),
    added: added.map(({ name }) => name),
    removed: removed.map((model) => {
      const renamedTo = added.find((other) => isSameModel(model, other))?.name;
      return { model: model.name, ...(renamedTo !== undefined && { renamedTo }) };
    }),
  };
}

/** Those of them that the pull request's run trains: their proposed section says how. */
export function modelsToTrain({ touched, added }: TouchedModels, proposed: Models): readonly ModelName[] {
  return [...touched, ...added].filter((name) => proposed.get(name)?.train !== undefined);
}

/** Models that came, went, or whose section says something else now; how it is written does not matter. */
export function changedSections(base: Models, head: Models): ReadonlySet<ModelName> {
  const names = new Set([...base.keys(), ...head.keys()]);
  return new Set([...names].filter((name) => textOf(base.get(name)) !== textOf(head.get(name))));
}

/** Files, folders and globs that the model is made of or judged by, relative to the folder of `touchstone.yml`. */
export function declaredBy({ data, train }: ModelConfig, includedBy?: Changes['includedBy']): readonly string[] {
  const setup = train?.setup;
  const requirements = setup?.kind === 'requirements' ? [setup.file, ...(includedBy?.(setup.file) ?? [])] : [];
  return [
    ...(train?.inputs ?? []),
    ...data.train,
    ...data.validation,
    ...data.holdout,
    ...(data.schema === undefined ? [] : [data.schema]),
    ...requirements,
  ];
}

function isSameModel(a: ModelConfig, b: ModelConfig): boolean {
  const identity = ({ task, target, train }: ModelConfig): unknown => ({ task, target, train });
  return textOf(identity(a)) === textOf(identity(b));
}

function textOf(value: unknown): string {
  // Through text and back: what is undefined goes.
  return value === undefined ? '' : canonicalJson(JSON.parse(JSON.stringify(value)) as Json);
}
