import { distance } from 'fastest-levenshtein';
import { UserMistake } from '../failure.ts';
import { formatModelVersion, type ModelName, type VersionSelector } from '../identity/names.ts';
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
  const code = selector.kind === 'number' ? 'not_registered' : 'digest_unknown';
  const newest = versions.slice(-5).reverse();
  const [nearest] = [...versions].sort((a, b) => nearness(a, selector) - nearness(b, selector));
  if (nearest === undefined) {
    return new UserMistake('not_registered', {
      where,
      found: `no version of "${model}" is registered`,
      remedy: `Register one with "touchstone register ${model}"`,
    });
  }
  const rest = versions.length > newest.length ? `, and ${versions.length - newest.length} older ones` : '';
  return new UserMistake(code, {
    where,
    found: `no such version of "${model}" is registered`,
    expected: `one of ${newest.map(tellVersion).join(', ')}${rest}`,
    remedy:
      `Did you mean ${model}@${selector.kind === 'number' ? `v${nearest.number}` : nearest.manifest.slice(0, 8)}?`.slice(
        0,
        -1,
      ),
  });
}

function nearness(version: ModelVersion, selector: VersionSelector): number {
  return selector.kind === 'number'
    ? Math.abs(version.number - selector.number)
    : distance(version.manifest.slice(0, selector.prefix.length), selector.prefix);
}

function tellVersion(version: ModelVersion): string {
  return `v${version.number} (${version.manifest.slice(0, 8)})`;
}
