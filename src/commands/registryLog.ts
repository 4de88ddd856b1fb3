import type { EnvironmentName, ModelName } from '../identity/names.ts';
import { environmentLog } from '../registry/champions.ts';
import type { RegistryEvent } from '../registry/event.ts';
import { findEnd, readEvents, type Log, type StoredEvent } from '../registry/log.ts';
import { listEnvironments, listModelsIn } from '../registry/models.ts';
import type { RegistryStore } from '../registry/store.ts';
import { modelLog } from '../registry/versions.ts';
import { selectModels } from './registryList.ts';

export interface LoggedEvent extends StoredEvent {
  readonly model: ModelName;
  /** Absent in a model's own log. */
  readonly environment?: EnvironmentName;
}

/**
 * All that happened to a model, or to all of them, newest first by the writers' clocks; events of one log stay in its
 * order, whatever the clocks said. @throws UserMistake `not_registered` for an unknown model.
 */
export async function readHistory(store: RegistryStore, only?: ModelName): Promise<readonly LoggedEvent[]> {
  const dated: DatedEvent[] = [];
  for (const model of await selectModels(store, only)) {
    dated.push(...(await readWhole(store, modelLog(model), { model })));
  }
  for (const environment of await listEnvironments(store)) {
    for (const model of await listModelsIn(store, environment)) {
      if (only !== undefined && model !== only) continue;
      dated.push(...(await readWhole(store, environmentLog(environment, model), { model, environment })));
    }
  }
  // A stable sort, oldest first: what one log tells at one instant stays in order, and a registration before its promotion.
  return dated
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    .reverse()
    .map(({ logged }) => logged);
}

interface DatedEvent {
  /** Its own clock, or that of an event before it in its log, whichever is later. */
  readonly time: string;
  readonly logged: LoggedEvent;
}

async function readWhole<Event extends RegistryEvent, State extends object>(
  store: RegistryStore,
  log: Log<Event, State>,
  where: { readonly model: ModelName; readonly environment?: EnvironmentName },
): Promise<readonly DatedEvent[]> {
  const events = await readEvents(store, log, 1, await findEnd(store, log));
  let time = '';
  return events.map((stored) => {
    if (stored.event.at > time) time = stored.event.at;
    return { time, logged: { ...stored, ...where } };
  });
}
