import type { Digest } from './digest.ts';

/** The name of a model, as in `touchstone.yml` and in every path of the store: `churn`. */
export type ModelName = string & { readonly __brand: 'ModelName' };

/** The name of an environment that serves models: `staging`, `production`. */
export type EnvironmentName = string & { readonly __brand: 'EnvironmentName' };

/** What a name must look like: it becomes a path segment in every store, and a word in comments and shells. */
export const NAME_RULE =
  'a lower-case letter, then up to 62 lower-case letters, digits or hyphens, no device name of Windows';
// Device names of Windows first: no file of such a name can be made there.
const NAME = /^(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$)[a-z][a-z0-9-]{0,62}$/;
/** The same for editors, as a regular expression's text. */
export const NAME_PATTERN = NAME.source;

export function isModelName(text: string): text is ModelName {
  return NAME.test(text);
}

export function isEnvironmentName(text: string): text is EnvironmentName {
  return NAME.test(text);
}

export function parseModelName(text: string): ModelName {
  if (!isModelName(text)) throw new RangeError(`Invalid model name "${text}": expected ${NAME_RULE}.`);
  return text;
}

export function parseEnvironmentName(text: string): EnvironmentName {
  if (!isEnvironmentName(text)) throw new RangeError(`Invalid environment name "${text}": expected ${NAME_RULE}.`);
  return text;
}

/** How a person names a version: by its number in the log, or by the start of its manifest's digest. */
export type VersionSelector =
  { readonly kind: 'number'; readonly number: number } | { readonly kind: 'digest'; readonly prefix: string };

export interface ModelVersionReference {
  readonly model: ModelName;
  readonly version: VersionSelector;
}

const VERSION_RULE =
  'expected <model>@v<number> or <model>@<digest prefix of 8 or more hex digits>, such as "churn@v7"';

export function parseModelVersion(text: string): ModelVersionReference {
  const [model, version, ...rest] = text.split('@');
  if (model === undefined || version === undefined || rest.length > 0 || !isModelName(model)) {
    throw new RangeError(`Invalid model version "${text}": ${VERSION_RULE}.`);
  }
  return { model, version: parseVersionSelector(version, text) };
}

function parseVersionSelector(version: string, whole: string): VersionSelector {
  const number = /^v([1-9][0-9]{0,8})$/.exec(version)?.[1];
  if (number !== undefined) return { kind: 'number', number: Number(number) };
  if (/^[0-9a-f]{8,64}$/.test(version)) return { kind: 'digest', prefix: version };
  throw new RangeError(`Invalid model version "${whole}": ${VERSION_RULE}.`);
}

export function formatModelVersion(reference: ModelVersionReference): string {
  const { model, version } = reference;
  return version.kind === 'number' ? `${model}@v${version.number}` : `${model}@${version.prefix}`;
}

/** `churn@3f9c2ab1`: the short form of a manifest's digest. */
export function formatManifestVersion(model: ModelName, manifest: Digest): string {
  return `${model}@${manifest.slice(0, 8)}`;
}
