import { nearest, quote } from '../config/complaint.ts';
import type { ModelName } from '../identity/names.ts';
import { countOf } from '../wording/numbers.ts';
import { formatOverridden, type Overridable, type OverriddenThing } from './override.ts';

/** What of a command says which thing is meant. */
export interface NamedThing {
  readonly of: OverriddenThing;
  /** Absent: the model that has such a finding. */
  readonly model?: ModelName;
}

export type ChosenOverridable =
  | { readonly kind: 'chosen'; readonly overridable: Overridable }
  /** A sentence or two, foreign names in them. */
  | { readonly kind: 'none'; readonly sentence: string };

const MOST_NAMED = 10;

/** Which of the things that stand in the way is meant: exactly one, or what to write instead. */
export function chooseOverridable(named: NamedThing, standing: readonly Overridable[]): ChosenOverridable {
  const fitting = standing.filter((each) => isMeant(each, named));
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return { kind: 'chosen', overridable: only };
  const word = written(named);
  if (only !== undefined) {
    const names = listed(fitting.map(overriddenInFull));
    return { kind: 'none', sentence: `${countOf(fitting.length, 'model')} have ${quote(word)}. Name one: ${names}.` };
  }
  const found = `${quote(word)} does not stand in the way.`;
  if (standing.length === 0) return { kind: 'none', sentence: `${found} Nothing does that could be overridden.` };
  const names = standing.map((each) => shortest(each, standing));
  const meant = nearest(word, names);
  const hint = meant === undefined ? '' : ` Perhaps ${quote(meant)} is meant.`;
  return { kind: 'none', sentence: `${found}${hint} What does: ${listed(names)}.` };
}

function isMeant({ model, of }: Overridable, named: NamedThing): boolean {
  if (named.model !== undefined && named.model !== model) return false;
  if (of.kind === 'model' || named.of.kind === 'model') return of.kind === named.of.kind;
  return of.id === named.of.id;
}

function written({ model, of }: NamedThing): string {
  return model === undefined && of.kind === 'finding'
    ? of.id
    : overriddenInFull({ model: model ?? ('' as ModelName), of });
}

/** `churn:recall@overall`: as it can be written whatever other models have. */
export function overriddenInFull({ model, of }: Overridable): string {
  return of.kind === 'finding' ? `${model}:${of.id}` : formatOverridden({ model, of });
}

function shortest(each: Overridable, standing: readonly Overridable[]): string {
  const alike = standing.filter((other) => isMeant(other, { of: each.of }));
  return alike.length === 1 ? formatOverridden(each) : overriddenInFull(each);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map(quote).join(', ');
  return names.length > MOST_NAMED ? `${shown} and ${names.length - MOST_NAMED} more` : shown;
}
