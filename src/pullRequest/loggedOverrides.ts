import type { CommitSha } from '../identity/git.ts';
import type { LoggedOverride, ModelVersions } from '../registry/versions.ts';
import type { ModelSection } from './headJudgement.ts';
import type { Override } from './override.ts';

/**
 * What of a model's log holds for its section: said of this very head and, where a finding is meant, of just the candidate
 * and the baseline that were compared. All else is void.
 */
export function overridesOf(
  section: ModelSection,
  { overrides = [] }: Pick<ModelVersions, 'overrides'>,
  head: CommitSha,
): readonly Override[] {
  return overrides
    .filter((logged) => logged.head === head && holdsFor(section, logged))
    .map(({ of, by, reason }) => ({
      model: section.model,
      of: of.kind === 'finding' ? { kind: of.kind, id: of.id } : of,
      head,
      by,
      reason,
    }));
}

function holdsFor(section: ModelSection, { of }: LoggedOverride): boolean {
  switch (section.kind) {
    case 'judged': {
      const { candidate, baseline } = section.verdict.comparison;
      return of.kind === 'finding' && of.manifest === candidate && of.expect === baseline;
    }
    case 'removed':
      return of.kind === 'model';
    case 'new':
    case 'not-judged':
      return false;
  }
}
