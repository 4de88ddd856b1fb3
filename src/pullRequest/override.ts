import type { CommitSha } from '../identity/git.ts';
import type { ModelName } from '../identity/names.ts';

/** A person's word that what stands in the way of a model may pass, on one head and no other. */
export interface Override {
  readonly model: ModelName;
  /** Id of a finding, or that the model may go. */
  readonly of: OverriddenThing;
  readonly head: CommitSha;
  /** Login of who said so. */
  readonly by: string;
  readonly reason: string;
}

export type OverriddenThing = { readonly kind: 'finding'; readonly id: string } | { readonly kind: 'model' };

/** What somebody may be asked to override: each thing that stands in the way, and of which model. */
export interface Overridable {
  readonly model: ModelName;
  readonly of: OverriddenThing;
}

/** `recall@overall`, or `model:churn`: how a person names it in a command. */
export function formatOverridden({ model, of }: Overridable): string {
  return of.kind === 'model' ? `model:${model}` : of.id;
}
