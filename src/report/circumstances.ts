import type { Judgement } from '../evaluation/verdict.ts';
import { countOf, formatCount, upTo2Digits } from '../wording/numbers.ts';
import type { RunReport } from './runReport.ts';
import type { Voice } from './voice.ts';

/** What a reader has to know to weigh the verdict, each thing in a sentence; the same whatever the verdict. */
export function circumstances(report: RunReport, voice: Voice): readonly string[] {
  const { holdout, judgement, recalled, notes } = report;
  const compared = judgement.verdict.compared;
  return [
    ...power(judgement, voice),
    ...(holdout.open ? ['The holdout lies in the repository: training can have seen it.'] : []),
    ...(holdout.dropped > 0
      ? [`${countOf(holdout.dropped, 'row')} of the holdout stand in training data and were left out.`]
      : []),
    ...spared(report),
    ...(recalled ? ['The verdict was on record already; no row was looked at again.'] : []),
    ...(compared ? ['This compares two trained models, not two recipes: another seed may come out differently.'] : []),
    ...notes.map((note) => voice.prose(note.endsWith('.') ? note : `${note}.`)),
  ];
}

/** The verdict has a sentence of its own. */
function spared({ stages }: RunReport): readonly string[] {
  const reused = stages.filter((stage) => stage.reused && stage.stage !== 'evaluation').map(({ stage }) => stage);
  if (reused.length === 0) return [];
  return [`Found again, since nothing that they depend on changed: ${reused.join(' and ')}. Run all with --force.`];
}

const ENOUGH_POWER = 0.8;

/** How likely an equal model is to have every regression gate met, and what would do where that is too seldom. */
function power({ power: { equalModelAccepted, gates }, findings }: Judgement, voice: Voice): readonly string[] {
  if (equalModelAccepted === undefined) return [];
  // An equal model is no improvement: gates that ask for one are not there to let it pass.
  const asking = new Set(
    findings.filter(({ bounds }) => bounds.some(({ bound }) => bound === 'minImprovement')).map(({ id }) => id),
  );
  const [weakest, ...others] = gates.filter(({ id }) => !asking.has(id)).sort((a, b) => a.power - b.power);
  if (weakest === undefined) return [];
  const accepted = 1 - [weakest, ...others].reduce((sum, gate) => sum + 1 - gate.power, 0);
  const that = asking.size === 0 ? 'every gate' : 'every gate on regressions';
  const chance = `An equal model would have ${that} met at least ${percent(accepted)} of the time on these rows`;
  if (accepted >= ENOUGH_POWER) return [`${chance}.`];
  const held = findings.find(({ id }) => id === weakest.id);
  // The spread between a model and one that is clearly worse says nothing of two that are equal.
  if (held?.kind === 'regressed') return [];
  const unit = held?.evidence?.unit ?? 'rows';
  // Where each gate has power enough, only all of them together lack it: no one margin would mend that.
  const remedies =
    weakest.power >= ENOUGH_POWER
      ? []
      : [
          weakest.marginFor80 === undefined ? undefined : `a margin of ${upTo2Digits(weakest.marginFor80)}`,
          weakest.rowsFor80 === undefined ? undefined : `${formatCount(upTo2Digits(weakest.rowsFor80))} ${unit}`,
        ].filter((remedy) => remedy !== undefined);
  const remedy = remedies.length === 0 ? '' : `; ${remedies.join(' or ')} would make that 80%`;
  return [
    `${chance}, which is seldom. The weakest is ${voice.name(weakest.id.replace(/@overall$/, ''))} with ${percent(weakest.power)}${remedy}.`,
  ];
}

function percent(share: number): string {
  const bounded = Math.min(1, Math.max(0, share));
  return `${Math.floor(bounded * 100 + 1e-9)}%`;
}
