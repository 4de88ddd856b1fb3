import type { TaskConfig } from '../../../src/config/config.ts';
import { evaluate } from '../../../src/evaluation/evaluate.ts';
import type { Holdout } from '../../../src/evaluation/holdout.ts';
import type { Illustration } from '../../../src/evaluation/illustration/illustration.ts';
import { parseMetricName } from '../../../src/evaluation/metricName.ts';
import type { Contenders } from '../../../src/evaluation/pairBatches.ts';

export interface IllustratedAsk {
  readonly task: TaskConfig;
  readonly metrics?: readonly string[];
  readonly access?: 'open' | 'sealed';
  readonly id?: string;
  readonly time?: string;
  readonly group?: string;
}

/** What a contest is explained with, asked for the metrics named alone. */
export async function illustrated<Kind extends Illustration['kind']>(
  kind: Kind,
  holdout: Holdout,
  contenders: Contenders,
  { metrics = [], access = 'open', ...ask }: IllustratedAsk,
): Promise<Extract<Illustration, { readonly kind: Kind }>> {
  const { illustration } = await evaluate(
    holdout,
    contenders,
    { ...ask, access, target: 'target', metrics: metrics.map(parseMetricName), gates: [], slices: [] },
    () => undefined,
  );
  if (illustration.kind !== kind) throw new Error(`An illustration of ${illustration.kind}.`);
  return illustration as Extract<Illustration, { readonly kind: Kind }>;
}
