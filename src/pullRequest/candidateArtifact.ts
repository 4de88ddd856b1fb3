import type { ModelName } from '../identity/names.ts';
import type { RunReference } from './headJudgement.ts';

/** An artifact as the API lists it. */
export interface ArtifactFacts {
  readonly id: number;
  readonly name: string;
  /** Of the archive. */
  readonly bytes: number;
  readonly expired: boolean;
  /** `sha256:...` of the archive; absent for old ones. */
  readonly digest?: string;
  /** The run that uploaded it. */
  readonly run?: number;
}

/** `touchstone-candidate-churn-1`: names are taken for all attempts of a run. */
export function candidateArtifactName(model: ModelName, attempt: number): string {
  return `touchstone-candidate-${model}-${attempt}`;
}

export type FoundArtifact =
  { readonly kind: 'none' } | { readonly kind: 'found'; readonly artifact: ArtifactFacts; readonly attempt: number };

/** The candidate of a model that a run left, by {@link latestArtifact}. */
export function chooseCandidateArtifact(
  model: ModelName,
  run: RunReference,
  artifacts: readonly ArtifactFacts[],
): FoundArtifact {
  return latestArtifact((attempt) => candidateArtifactName(model, attempt), run, artifacts);
}

/**
 * What a run left under the name of an attempt: of the one that is asked for, or where only a part of the jobs ran again, of
 * the last one before it that left anything. Never what another run uploaded.
 */
export function latestArtifact(
  nameOf: (attempt: number) => string,
  { id, attempt }: RunReference,
  artifacts: readonly ArtifactFacts[],
): FoundArtifact {
  const own = new Map(artifacts.filter(({ run }) => run === id).map((artifact) => [artifact.name, artifact]));
  for (let earlier = attempt; earlier >= 1; earlier -= 1) {
    const artifact = own.get(nameOf(earlier));
    if (artifact !== undefined) return { kind: 'found', artifact, attempt: earlier };
  }
  return { kind: 'none' };
}
