import type { Complain } from './complaint.ts';
import type { NormalisedModel } from './normalise.ts';

/** One thing that must hold of a model, named as it would be said. It tells of every breach that it finds. */
export type Rule = (subject: NormalisedModel, complain: Complain) => void;

/** Tells of every entry of a list that has stood there before. */
export function tellRepeats(
  names: readonly string[],
  tell: (name: string, index: number, first: number) => void,
): void {
  const first = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const before = first.get(name);
    if (before === undefined) first.set(name, index);
    else tell(name, index, before);
  }
}
