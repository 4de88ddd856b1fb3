import { notApplicable, ok, problem, warning, type Check } from './check.ts';
import type { HookDelivery, RegisteredApp } from './appFacts.ts';

const ID = 'github.app.deliveries';
const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether what happens comes to the App: what did not within the last day, and whether anything does now. */
export function checkDeliveries({ name, settings, deliveries, askedAt }: RegisteredApp): Check {
  const [newest, ...older] = deliveries
    .filter(({ at }) => at.getTime() > askedAt.getTime() - DAY_MS)
    .toSorted((one, other) => other.at.getTime() - one.at.getTime());
  if (newest === undefined) return notApplicable(ID, 'nothing was delivered to the App within the last day');
  const tries = [newest, ...older];
  const arrived = new Set(tries.filter(hasArrived).map(({ guid }) => guid));
  const lost = tries.filter(({ guid }) => !arrived.has(guid));
  const [last] = lost;
  if (last === undefined) return ok(ID, 'what was delivered to the App within the last day arrived');
  const found = `${told(lost)}, the last at ${last.at.toISOString()} with ${last.statusCode} (${last.status})`;
  const remedy = `See the answers below "Advanced": ${settings}/advanced. The App asks each hour for those that failed`;
  // That nothing has arrived since is another matter than that something once did not.
  if (hasArrived(newest)) return warning(ID, `${found}; since then they arrive`, { remedy });
  return problem(ID, `nothing arrives at the App "${name}": ${found}`, {
    expected: 'an App that runs, at the address of the webhook, with its secret',
    remedy,
  });
}

/** https://docs.github.com/rest/apps/webhooks#list-deliveries-for-an-app-webhook: a success is 200 to 399. */
const hasArrived = ({ statusCode }: HookDelivery): boolean => statusCode >= 200 && statusCode < 400;

/** `12 events were not delivered within the last day (check_run, issue_comment), ..., since 2026-05-03T10:00:00.000Z` */
function told(lost: readonly HookDelivery[]): string {
  const count = new Set(lost.map(({ guid }) => guid)).size;
  const kinds = [...new Set(lost.map(({ event }) => event))].toSorted().join(', ');
  const since = lost.at(-1)?.at.toISOString() ?? '';
  return `${count} ${count === 1 ? 'event was' : 'events were'} not delivered within the last day (${kinds}), as far as the latest deliveries tell, since ${since}`;
}
