import { quote, type Complain } from './complaint.ts';
import type { RegistryLocation } from './config.ts';
import type { NormalisedModel } from './normalise.ts';

/** A rule on what a model asks of the registry that it is kept in. */
export function sealedNeedsRoles(
  { model, path }: NormalisedModel,
  registry: RegistryLocation,
  complain: Complain,
): void {
  if (registry.kind !== 'github' || model.promote.requires !== 'sealed') return;
  complain({
    path: [...path, 'promote', 'requires'],
    found: `${quote('sealed')}, and a registry on GitHub can seal no holdout: whoever can read the repository can read it`,
    expected: 'advisory or judged',
  });
}

/**
 * `registry: github:` as people write it. A colon at its end makes it a mapping in YAML, which no value here is: it is read
 * as if it stood in quotes.
 */
export function withQuotedRegistry(text: string): string {
  return text.replace(/^(registry:[ \t]+)github:(?=[ \t]*(?:#.*)?\r?$)/m, '$1"github:"');
}
