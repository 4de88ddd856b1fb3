import { rm } from 'node:fs/promises';
import type { GateConfig, MetricName, ModelConfig } from '../../config/config.ts';
import { findingId } from '../../evaluation/gateFinding.ts';
import { parseModelName, type ModelName } from '../../identity/names.ts';
import { measuredMargin, type MeasuredMargin } from '../../scaffold/margin.ts';
import { aloneIn } from '../../workbench/aloneIn.ts';
import { ModelBench } from '../../workbench/modelBench.ts';
import type { Process, Terminal } from '../../workbench/terminal.ts';
import type { Workbench } from '../../workbench/workbench.ts';

/** What came of measuring a margin. */
export type Measuring =
  | {
      readonly kind: 'measured';
      readonly margin: MeasuredMargin;
      readonly metric: MetricName;
      /** Of the model that stays the last candidate. */
      readonly value: number;
    }
  /** Trained and judged, and the judgement does not tell a margin. */
  | { readonly kind: 'not-told'; readonly because: string };

/**
 * Trains a model with two seeds and judges one against the other, on the holdout, without leaving a trace in the registry.
 * The candidate of the first seed stays the last candidate: a run right after finds it.
 *
 * @throws UserMistake where the data are broken or a training fails.
 */
export function measureMargin(
  workbench: Workbench,
  model: ModelConfig,
  process: Process,
  terminal: Terminal,
): Promise<Measuring> {
  return aloneIn(workbench, process, terminal, async () => {
    const bench = await ModelBench.open(workbench, model, process, terminal);
    bench.assertSoundData();
    const own = await bench.identify(await bench.train(await bench.planTraining()));
    const { train } = model;
    const gate = model.gates.find((each) => each.maxRegression !== undefined);
    if (train === undefined || gate === undefined) return { kind: 'not-told', because: 'no gate has a maxRegression' };

    const seeds = [train.seed, train.seed + 1] as const;
    const other = bench.trainedOtherwise(twinName(model.name), { ...train, seed: seeds[1] });
    try {
      const { contender } = await other.identify(await other.train(await other.planTraining()));
      const { judgement } = await bench.evaluate(own.contender, contender, { record: false });
      return conclude(gate, judgement.findings, seeds);
    } finally {
      await rm(other.candidateFolder(), { recursive: true, force: true });
      await rm(workbench.workspace.dataFolder(other.model.name), { recursive: true, force: true });
    }
  });
}

function conclude(
  gate: GateConfig,
  findings: Parameters<typeof measuredMargin>[1],
  seeds: readonly [number, number],
): Measuring {
  const margin = measuredMargin(gate, findings, seeds);
  const finding = findings.find(({ id }) => id === findingId(gate));
  if (margin !== undefined) return { kind: 'measured', margin, metric: gate.metric, value: finding?.candidate ?? NaN };
  const because =
    finding?.kind === 'identical' || finding?.standardError === 0
      ? 'two seeds gave two models that answer alike'
      : (finding?.because ?? 'too few rows judge');
  return { kind: 'not-told', because };
}

/** The training with the other seed has a place of its own, so that it never is the model's last candidate. */
function twinName(name: ModelName): ModelName {
  return parseModelName(`${name.slice(0, 50).replace(/-+$/, '')}-other-seed`);
}
