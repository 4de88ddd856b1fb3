import type { Assurance } from '../config/config.ts';
import type { EnvironmentName, ModelName, VersionSelector } from '../identity/names.ts';
import { appendEvent, beginOperation, findOwnEvent } from '../registry/append.ts';
import {
  championOf,
  environmentLog,
  readChampion,
  sameChampion,
  tellChampion,
  type Champion,
} from '../registry/champions.ts';
import type { EnvironmentEvent } from '../registry/event.ts';
import { putEvidence, type Evidence } from '../registry/evidence.ts';
import { expectationHolds, formatChampionExpectation, type ChampionExpectation } from '../registry/expectation.ts';
import { readLog, type StoredEvent } from '../registry/log.ts';
import type { Occasion, Operation } from '../registry/operation.ts';
import { refusalOfPromotion } from '../registry/promotionRule.ts';
import { refused, type Refusal } from '../registry/refusal.ts';
import { selectVersion } from '../registry/selectVersion.ts';
import type { RegistryStore } from '../registry/store.ts';
import { modelLog, type ModelVersion } from '../registry/versions.ts';
import { evidenceOfVerdict, type JudgedAgainst, type VerdictAgainst } from './verdictAgainst.ts';

export interface PromoteRequest {
  readonly model: ModelName;
  readonly version: VersionSelector;
  readonly environment: EnvironmentName;
  /** `promote.requires` of the policy. */
  readonly requires: Assurance;
  /** Refuse where another champion serves by the time that the event is written. */
  readonly expect?: ChampionExpectation;
  readonly occasion: Occasion;
}

export interface PromotePorts {
  /** Opened with `openRegistry`. */
  readonly store: RegistryStore;
  readonly verdictAgainst: VerdictAgainst;
  readonly now: () => Date;
}

export type PromotionPlan =
  | {
      readonly kind: 'promote';
      readonly operation: Operation;
      readonly version: ModelVersion;
      /** Who serves now; the plan holds only as long as it does. */
      readonly champion: Champion;
      readonly judged: JudgedAgainst;
    }
  | AlreadyDone
  | RefusedPromotion;

/** The version serves already, or this very request was carried out before. Nothing is to be done. */
interface AlreadyDone {
  readonly kind: 'already-done';
  readonly version: ModelVersion;
  readonly stored: StoredEvent<EnvironmentEvent>;
}

interface RefusedPromotion extends Refusal {
  readonly version: ModelVersion;
  readonly champion: Champion;
  /** Where the verdict is what refuses. */
  readonly judged?: JudgedAgainst;
}

export type PromotionOutcome =
  | {
      readonly kind: 'promoted';
      readonly version: ModelVersion;
      readonly stored: StoredEvent<EnvironmentEvent>;
      readonly replaced: Champion;
      readonly judged: JudgedAgainst;
    }
  | AlreadyDone
  | RefusedPromotion;

/**
 * Makes a registered version the champion of an environment. The verdict against the champion of that moment decides;
 * where another champion comes first, the decision is made again, against that one.
 *
 * @throws UserMistake where no such version is registered (`selectVersion`).
 */
export async function promote(request: PromoteRequest, ports: PromotePorts): Promise<PromotionOutcome> {
  for (;;) {
    const plan = await planPromotion(request, ports);
    if (plan.kind !== 'promote') return plan;
    const outcome = await applyPromotion(request, plan, ports);
    if (outcome.kind !== 'moved') return outcome;
    // Somebody else's promotion or rollback succeeded meanwhile.
  }
}

/**
 * Finds out what promoting would do. A plan judges where no verdict is on record yet, which is a look at the holdout and
 * is counted; otherwise it writes nothing.
 */
export async function planPromotion(request: PromoteRequest, ports: PromotePorts): Promise<PromotionPlan> {
  const { model, environment, expect, occasion } = request;
  const { store } = ports;
  const { state: versions } = await readLog(store, modelLog(model));
  const version = selectVersion(model, versions, request.version);
  const operation = promotionOf(request, version);
  const log = environmentLog(environment, model);
  const own = await findOwnEvent(store, log, operation);
  if (own !== undefined) return { kind: 'already-done', version, stored: own };

  const { champion, stored } = await readChampion(store, environment, model);
  if (stored !== undefined && stored.event.champion === version.manifest)
    return { kind: 'already-done', version, stored };
  if (expect !== undefined && !expectationHolds(expect, champion)) {
    return { ...baselineMoved(request, expect, champion), version, champion };
  }
  const where = `${model}@v${version.number}`;
  if (version.status === 'yanked') {
    const problem = { where, found: 'this version is yanked', expected: 'a version that may serve' };
    return { ...refused('version_yanked', problem), version, champion };
  }
  const judged = await ports.verdictAgainst(version.manifest, champion);
  const refusal = refusalOfPromotion({
    version: where,
    verdict: judged.judgement.verdict,
    champion,
    requires: request.requires,
    actor: occasion.actor,
  });
  if (refusal !== undefined) return { ...refusal, version, champion, judged };
  return { kind: 'promote', operation, version, champion, judged };
}

/** Appends the event, unless the champion is no longer the plan's: then nothing but an intent is written. */
async function applyPromotion(
  { model, environment, occasion }: PromoteRequest,
  plan: Extract<PromotionPlan, { kind: 'promote' }>,
  { store, now }: PromotePorts,
): Promise<PromotionOutcome | { readonly kind: 'moved' }> {
  const { version, champion, judged } = plan;
  const log = environmentLog(environment, model);
  const intent = await beginOperation(store, log, plan.operation);
  const evidence = await putEvidence(store, evidenceOfPromotion(occasion, champion, judged));
  const appended = await appendEvent(store, log, intent, (history) =>
    sameChampion(championOf(history), champion)
      ? {
          kind: 'append',
          draft: {
            type: 'promote',
            at: now().toISOString(),
            version: version.number,
            manifest: version.manifest,
            environment,
            champion: version.manifest,
            ...(champion.kind === 'version' && { expect: champion.manifest }),
            actor: occasion.actor,
            evidence,
            reason: occasion.reason,
          },
        }
      : { kind: 'stop', because: 'moved' as const },
  );
  switch (appended.kind) {
    case 'appended':
      return { kind: 'promoted', version, stored: appended.stored, replaced: champion, judged };
    case 'found':
      return { kind: 'already-done', version, stored: appended.stored };
    case 'stopped':
      return { kind: 'moved' };
  }
}

function promotionOf({ model, environment, expect, occasion }: PromoteRequest, version: ModelVersion): Operation {
  const expected = expect === undefined ? {} : { expect: formatChampionExpectation(expect) };
  return {
    type: 'promote',
    model,
    environment,
    asked: { manifest: version.manifest, ...expected },
    cause: occasion.cause,
  };
}

function evidenceOfPromotion({ trigger, cause }: Occasion, champion: Champion, judged: JudgedAgainst): Evidence {
  return {
    schema: 'touchstone/evidence/v1',
    trigger,
    cause,
    verdict: evidenceOfVerdict(judged),
    ...(champion.kind === 'version' && { parent: { version: champion.version, manifest: champion.manifest } }),
  };
}

function baselineMoved(
  { model, environment }: PromoteRequest,
  expect: ChampionExpectation,
  champion: Champion,
): Refusal {
  return refused('baseline_moved', {
    where: `${environment}/${model}`,
    found: `it serves ${tellChampion(model, champion)}`,
    expected: `${formatChampionExpectation(expect)}, as --expect says`,
    remedy: 'Look at what was promoted meanwhile, and decide again',
  });
}
