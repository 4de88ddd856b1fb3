import type { Assurance } from '../config/config.ts';
import type { Verdict } from '../evaluation/verdict.ts';
import type { Champion } from './champions.ts';
import type { Actor } from './event.ts';
import { refused, type Refusal } from './refusal.ts';

export interface Promotion {
  /** For messages: `churn@v7`. */
  readonly version: string;
  readonly verdict: Verdict;
  readonly champion: Champion;
  /** The least that the policy asks for (`promote.requires`). */
  readonly requires: Assurance;
  readonly actor: Actor;
}

const RANK: { readonly [assurance in Assurance]: number } = { advisory: 0, judged: 1, sealed: 2 };

/** Why a version may not be promoted on a verdict; `undefined` where it may. */
export function refusalOfPromotion({ version, verdict, champion, requires, actor }: Promotion): Refusal | undefined {
  const gate = refusalByGate(version, verdict, champion);
  if (gate !== undefined) return gate;
  if (RANK[verdict.assurance] < RANK[requires]) {
    return refused('assurance_too_low', {
      where: version,
      found: `its verdict is ${verdict.assurance}`,
      expected: `${requires} or more, as promote.requires says`,
      remedy: `Let it be judged where training cannot reach, or lower promote.requires in touchstone.yml`,
    });
  }
  if (verdict.kind !== 'accepted' && actor.kind !== 'person') {
    return refused('approval_missing', {
      where: version,
      found: `its verdict is ${verdict.kind}, which ${actor.name} may not decide on`,
      expected: 'a person to promote what was not accepted',
      remedy: 'Look at the report, and promote it by hand if you will answer for it',
    });
  }
  return undefined;
}

function refusalByGate(version: string, verdict: Verdict, champion: Champion): Refusal | undefined {
  if (verdict.kind === 'not-compared' && champion.kind !== 'none') {
    return refused('gate_not_passed', {
      where: version,
      found: 'it was not compared with the champion, and no bound was measured either',
      expected: 'a verdict against the version that serves',
      remedy: 'Give the model at least one gate in touchstone.yml',
    });
  }
  if (!verdict.blocks && verdict.kind !== 'rejected') return undefined;
  return refused('gate_not_passed', {
    where: version,
    found: `the verdict is ${verdict.kind}, and it blocks`,
    expected: 'every gate met, or none that blocks',
    remedy: 'See the findings in the report',
  });
}
