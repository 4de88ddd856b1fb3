import { distance } from 'fastest-levenshtein';
import { UserMistake } from '../failure.ts';
import { formatManifestVersion, formatModelVersion, type ModelName, type VersionSelector } from '../identity/names.ts';
import type { ModelVersion, ModelVersions } from './versions.ts';

/**
 * The version that a person means.
 *
 * @throws UserMistake `not_registered`, `digest_unknown`, or `bad_argument` where a prefix fits several.
 */
export function selectVersion(model: ModelName, versions: ModelVersions, selector: VersionSelector): ModelVersion {
  const matches = versions.versions.filter((version) =>
    selector.kind === 'number' ? version.number === selector.number : version.manifest.startsWith(selector.prefix),
  );
  const [match, ...others] = matches;
  if (match === undefined) throw unknownVersion(model, versions, selector);
  if (others.length === 0) return match;
  throw new UserMistake('bad_argument', {
    where: formatModelVersion({ model, version: selector }),
    found: `the prefix fits ${matches.length} versions: ${matches.map(tellVersion).join(', ')}`,
    expected: 'a prefix that only one version starts with',
    remedy: 'Give more digits, or the number',
  });
}

function unknownVersion(model: ModelName, { versions }: ModelVersions, selector: VersionSelector): UserMistake {
  const where = formatModelVersion({ model, version: selector });
  if (versions.length === 0) {
    return new UserMistake('not_registered', {
      where,
      found: `no version of "${model}" is registered`,
      remedy: `Register one with "touchstone register ${model}"`,
    });
  }
  const newest = versions.slice(-SHOWN).reverse().map(tellVersion).join(', ');
  const more = versions.length > SHOWN ? `, or one of ${versions.length - SHOWN} older ones` : '';
  const meant = selector.kind === 'digest' ? nearest(versions, selector.prefix) : undefined;
  return new UserMistake(selector.kind === 'number' ? 'not_registered' : 'digest_unknown', {
    where,
    found: `no such version of "${model}" is registered`,
    expected: `one of ${newest}${more}`,
    remedy:
      meant === undefined
        ? `See all with "touchstone registry list ${model}"`
        : `If you mean ${formatManifestVersion(model, meant.manifest)}, name that`,
  });
}

const SHOWN = 5;
const TYPING_ERRORS = 2;

function nearest(versions: readonly ModelVersion[], prefix: string): ModelVersion | undefined {
  const errors = ({ manifest }: ModelVersion): number => distance(manifest.slice(0, prefix.length), prefix);
  const [closest] = [...versions].sort((a, b) => errors(a) - errors(b));
  return closest !== undefined && errors(closest) <= TYPING_ERRORS ? closest : undefined;
}

function tellVersion(version: ModelVersion): string {
  return `v${version.number} (${version.manifest.slice(0, 8)})`;
}
