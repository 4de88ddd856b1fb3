import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import type { Refusal } from './delivery.ts';
import { EVENTS } from './manifest.ts';

/** `handled` and `failed` follow on `acknowledged`: GitHub had its answer by then. */
type Outcome = 'acknowledged' | 'handled' | 'failed';

/** What is counted, for Prometheus. */
export interface Metrics {
  /** Whoever counts something else adds it here. */
  readonly registry: Registry;
  delivery(event: string, outcome: Outcome): void;
  refusal(reason: Refusal): void;
}

// Sent to every App, whether it asked or not.
const UNASKED = [
  'ping',
  'installation',
  'installation_repositories',
  'installation_target',
  'github_app_authorization',
];
const KNOWN = new Set<string>([...EVENTS, ...UNASKED]);

export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const deliveries = new Counter({
    name: 'touchstone_deliveries_total',
    help: 'Webhooks that were taken, by event and by what came of them',
    labelNames: ['event', 'outcome'],
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'touchstone_deliveries_refused_total',
    help: 'Requests at the address of the webhooks that were none, by reason',
    labelNames: ['reason'],
    registers: [registry],
  });
  return {
    registry,
    delivery: (event, outcome) => deliveries.inc({ event: KNOWN.has(event) ? event : 'other', outcome }),
    refusal: (reason) => refusals.inc({ reason }),
  };
}
