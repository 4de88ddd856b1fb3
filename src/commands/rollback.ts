import { UserMistake } from '../failure.ts';
import type { EnvironmentName, ModelName } from '../identity/names.ts';
import { appendEvent, beginOperation, findOwnEvent } from '../registry/append.ts';
import {
  championOf,
  championsBefore,
  environmentLog,
  sameChampion,
  tellChampion,
  type Champion,
  type ChampionVersion,
} from '../registry/champions.ts';
import type { EnvironmentEvent } from '../registry/event.ts';
import { putEvidence } from '../registry/evidence.ts';
import { expectationHolds, formatChampionExpectation, type ChampionExpectation } from '../registry/expectation.ts';
import { readLog, type StoredEvent } from '../registry/log.ts';
import type { Occasion, Operation } from '../registry/operation.ts';
import { refused, type Refusal } from '../registry/refusal.ts';
import type { RegistryStore } from '../registry/store.ts';
import { modelLog, versionOfManifest } from '../registry/versions.ts';

export interface RollbackRequest {
  readonly model: ModelName;
  readonly environment: EnvironmentName;
  readonly expect?: ChampionExpectation;
  /** Its reason may not be empty. */
  readonly occasion: Occasion;
}

export interface RollbackPorts {
  readonly store: RegistryStore;
  readonly now: () => Date;
}

export type RollbackPlan =
  | {
      readonly kind: 'roll-back';
      readonly operation: Operation;
      readonly from: ChampionVersion;
      readonly to: ChampionVersion;
    }
  | RolledBackBefore
  | Refusal;

/** This very request was carried out before. */
interface RolledBackBefore {
  readonly kind: 'already-done';
  readonly stored: StoredEvent<EnvironmentEvent>;
}

export type RollbackOutcome =
  | {
      readonly kind: 'rolled-back';
      readonly from: ChampionVersion;
      readonly to: ChampionVersion;
      readonly stored: StoredEvent<EnvironmentEvent>;
    }
  | RolledBackBefore
  | Refusal;

/**
 * Makes the previous champion the champion again. It needs no gate, since that version served before, only a reason.
 * Where another champion comes in between, it is refused: who asked wanted to leave the one that they saw.
 */
export async function rollback(request: RollbackRequest, ports: RollbackPorts): Promise<RollbackOutcome> {
  const plan = await planRollback(request, ports);
  return plan.kind === 'roll-back' ? applyRollback(request, plan, ports) : plan;
}

/** @throws UserMistake `bad_argument` where no reason is given. */
export async function planRollback(request: RollbackRequest, { store }: RollbackPorts): Promise<RollbackPlan> {
  const { model, environment, expect, occasion } = request;
  const where = `${environment}/${model}`;
  if (occasion.reason.trim() === '') {
    throw new UserMistake('bad_argument', {
      where: `rollback ${model}`,
      found: 'no reason is given',
      remedy: 'Say why: --reason "..."',
    });
  }
  const operation: Operation = {
    type: 'rollback',
    model,
    environment,
    asked: expect === undefined ? {} : { expect: formatChampionExpectation(expect) },
    cause: occasion.cause,
  };
  const log = environmentLog(environment, model);
  const own = await findOwnEvent(store, log, operation);
  if (own !== undefined) return { kind: 'already-done', stored: own };

  const { state: history } = await readLog(store, log);
  const from = championOf(history);
  if (expect !== undefined && !expectationHolds(expect, from))
    return moved(request, formatChampionExpectation(expect), from);
  const { state: versions } = await readLog(store, modelLog(model));
  const to = championsBefore(history).findLast(
    ({ manifest }) => versionOfManifest(versions, manifest)?.status !== 'yanked',
  );
  if (from.kind === 'none' || to === undefined) {
    return refused('nothing_to_roll_back_to', {
      where,
      found:
        from.kind === 'none' ? 'nothing was ever promoted' : `no champion came before ${tellChampion(model, from)}`,
      expected: 'an earlier champion',
      remedy: `Promote another version: "touchstone promote ${model}@<version> --to ${environment}"`,
    });
  }
  return { kind: 'roll-back', operation, from: { version: from.version, manifest: from.manifest }, to };
}

/** Appends the event, unless the champion is no longer the plan's. */
async function applyRollback(
  request: RollbackRequest,
  { operation, from, to }: Extract<RollbackPlan, { kind: 'roll-back' }>,
  { store, now }: RollbackPorts,
): Promise<RollbackOutcome> {
  const { model, environment, occasion } = request;
  const log = environmentLog(environment, model);
  const intent = await beginOperation(store, log, operation);
  const { trigger, cause } = occasion;
  const evidence = await putEvidence(store, { schema: 'touchstone/evidence/v1', trigger, cause, parent: from });
  const appended = await appendEvent(store, log, intent, (history) => {
    const champion = championOf(history);
    if (!sameChampion(champion, { kind: 'version', ...from })) return { kind: 'stop', because: champion };
    return {
      kind: 'append',
      draft: {
        type: 'rollback',
        at: now().toISOString(),
        version: to.version,
        manifest: to.manifest,
        environment,
        champion: to.manifest,
        expect: from.manifest,
        actor: occasion.actor,
        evidence,
        reason: occasion.reason,
      },
    };
  });
  switch (appended.kind) {
    case 'appended':
      return { kind: 'rolled-back', from, to, stored: appended.stored };
    case 'found':
      return { kind: 'already-done', stored: appended.stored };
    case 'stopped':
      return moved(request, tellChampion(model, { kind: 'version', ...from }), appended.because);
  }
}

function moved({ model, environment }: RollbackRequest, expected: string, champion: Champion): Refusal {
  return refused('baseline_moved', {
    where: `${environment}/${model}`,
    found: `it serves ${tellChampion(model, champion)} now`,
    expected,
    remedy: 'Look at what was promoted or rolled back meanwhile, and decide again',
  });
}
