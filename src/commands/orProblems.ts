import { UserMistake, type Problem } from '../failure.ts';

export type Attempted<T> =
  { readonly kind: 'done'; readonly value: T } | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** A mistake in what the head brings is told in its section; what else fails is not the head's. */
export async function orProblems<T>(step: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { kind: 'done', value: await step() };
  } catch (error) {
    if (error instanceof UserMistake) return { kind: 'refused', problems: error.problems };
    throw error;
  }
}
