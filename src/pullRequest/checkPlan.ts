import type { Digest } from '../identity/digest.ts';
import type { RunReference } from './headJudgement.ts';
import { isLater } from './commentMarker.ts';
import type { Conclusion, Standing } from './standing.ts';

/** A check of ours that stands on a commit. */
export interface ExistingCheck {
  /** What it was made with: see {@link checkId}. */
  readonly externalId: string;
  /** Absent where it is not over, or over in a way that is never ours. */
  readonly conclusion?: Conclusion;
  readonly title: string;
}

export type CheckPlan = 'create' | 'update' | 'leave';

/** Names the run that a check tells of, so that an older one never writes over a newer one. */
export function checkId({ id, attempt }: RunReference): string {
  return `${id}.${attempt}`;
}

/** As {@link checkId}, with a digest of all that the check says: it tells at a glance whether it says that already. */
export function appCheckId(run: RunReference | undefined, said: Digest): string {
  return `${checkId(run ?? { id: 0, attempt: 0 })} ${said.slice(0, 16)}`;
}

export function runOfCheck(externalId: string): RunReference | undefined {
  const [, id, attempt] = /^(\d{1,15})\.(\d{1,6})(?: [0-9a-f]{16})?$/.exec(externalId) ?? [];
  return id === undefined ? undefined : { id: Number(id), attempt: Number(attempt) };
}

/** One check stands on a commit: that of the run which judged it last. */
export function planCheck(existing: ExistingCheck | undefined, standing: Standing, judging: RunReference): CheckPlan {
  if (existing === undefined) return 'create';
  const made = runOfCheck(existing.externalId);
  if (made === undefined) return 'create';
  if (isLater(made, judging)) return 'leave';
  const same =
    !isLater(judging, made) && existing.conclusion === standing.conclusion && existing.title === standing.title;
  return same ? 'leave' : 'update';
}
