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

export type CandidateArtifact =
  { readonly kind: 'none' } | { readonly kind: 'found'; readonly artifact: ArtifactFacts; readonly attempt: number };

/**
 * The candidate of a model that a run left: that of the attempt that is judged, or where only failed jobs ran again, of
 * the last attempt before it that trained this model. Never one that another run uploaded.
 */
export function chooseCandidateArtifact(
  model: ModelName,
  { id, attempt }: RunReference,
  artifacts: readonly ArtifactFacts[],
): CandidateArtifact {
  const own = new Map(artifacts.filter(({ run }) => run === id).map((artifact) => [artifact.name, artifact]));
  for (let earlier = attempt; earlier >= 1; earlier -= 1) {
    const artifact = own.get(candidateArtifactName(model, earlier));
    if (artifact !== undefined) return { kind: 'found', artifact, attempt: earlier };
  }
  return { kind: 'none' };
}
