import { describe, expect, it } from 'vitest';
import { evaluateModel, type Contender, type EvaluatePorts } from '../../src/commands/evaluate.ts';
import type { ModelConfig } from '../../src/config/config.ts';
import type { Predictor } from '../../src/evaluation/predictor.ts';
import type { Judgement, Power } from '../../src/evaluation/verdict.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { parseEnvironmentName, parseModelName } from '../../src/identity/names.ts';
import { nameOfComparison } from '../../src/registry/verdictRecord.ts';
import { classifier, holdoutOf } from '../evaluation/contest.ts';

const model: ModelConfig = {
  name: parseModelName('churn'),
  task: { kind: 'binary' },
  target: 'y',
  data: { train: [], validation: [], holdout: ['holdout.csv'] },
  slices: [],
  metrics: [{ family: 'accuracy' }],
  gates: [
    {
      metric: { family: 'accuracy' },
      slice: 'overall',
      maxRegression: { kind: 'absolute', value: 0.05 },
      whenInconclusive: 'observed',
    },
  ],
  promote: { requires: 'advisory' },
  deploy: { environments: [parseEnvironmentName('production')] },
};
const withLatency: ModelConfig = { ...model, metrics: [...model.metrics, { family: 'latencyMs' }] };

/** Right but on every `wrong`th row; says when it is opened and closed. */
function contender(name: string, wrong: number, happened: string[], broken = false): Contender {
  const answers = classifier(['no', 'yes'], (row) => ((row % 2 === 0) !== (row % wrong === 0) ? [1, 0] : [0, 1]));
  const predictor: Predictor = {
    signature: answers.signature,
    busyMs: 0,
    predict: (batch, ids) => (broken ? Promise.reject(new Error('the model broke')) : answers.predict(batch, ids)),
    latencyMs: () => Promise.resolve(1),
    close: () => {
      happened.push(`close ${name}`);
      return Promise.resolve();
    },
  };
  return {
    label: name,
    identity: digestOfBytes(`manifest of ${name}`),
    bytes: digestOfBytes(`bytes of ${name}`),
    trainedOn: [new TextEncoder().encode(name)],
    open: () => {
      happened.push(`open ${name}`);
      return Promise.resolve(predictor);
    },
  };
}

interface World extends EvaluatePorts {
  readonly recorded: Map<string, Judgement>;
  readonly excluded: (readonly Uint8Array[])[];
}

function world(happened: string[], more: Partial<EvaluatePorts> = {}): World {
  const recorded = new Map<string, Judgement>();
  const excluded: (readonly Uint8Array[])[] = [];
  const stored = (name: string, judgement: Judgement): Awaited<ReturnType<EvaluatePorts['verdicts']['find']>> => ({
    name: digestOfBytes(name),
    digest: digestOfBytes(name),
    judgement,
  });
  return {
    recorded,
    excluded,
    openHoldout: (trainedOn) => {
      excluded.push(trainedOn);
      const holdout = holdoutOf({ count: 400, truth: (row) => (row % 2 === 0 ? 'no' : 'yes') });
      return Promise.resolve({
        ...holdout,
        slices: () => Promise.resolve([]),
        ids: () => {
          throw new Error('Nobody asked for ids.');
        },
        close: () => happened.push('close holdout'),
      });
    },
    verdicts: {
      find: (comparison) => {
        const name = nameOfComparison(comparison);
        const found = recorded.get(name);
        return Promise.resolve(found && stored(name, found));
      },
      record: (comparison, judgement) => {
        const name = nameOfComparison(comparison);
        recorded.set(name, judgement);
        return Promise.resolve(stored(name, judgement));
      },
      countLooks: () => Promise.resolve(recorded.size),
    },
    ...more,
  };
}

describe('evaluating a candidate', () => {
  it('leaves out what either model was trained on, and closes all that it opened', async () => {
    const happened: string[] = [];
    const ports = world(happened);
    const [candidate, baseline] = [contender('a', 20, happened), contender('b', 25, happened)];
    const { judgement } = await evaluateModel(
      { model, candidate, baseline, assurance: 'advisory', access: 'open' },
      ports,
    );
    expect(judgement.verdict).toMatchObject({ compared: true, assurance: 'advisory' });
    expect(ports.excluded).toEqual([[...candidate.trainedOn, ...baseline.trainedOn]]);
    expect(happened).toEqual(['open a', 'open b', 'close b', 'close a', 'close holdout']);
  });

  it('closes all of it where a model breaks, and records no look', async () => {
    const happened: string[] = [];
    const ports = world(happened);
    const [candidate, baseline] = [contender('a', 20, happened), contender('b', 25, happened, true)];
    const evaluating = evaluateModel({ model, candidate, baseline, assurance: 'advisory', access: 'open' }, ports);
    await expect(evaluating).rejects.toThrow('the model broke');
    expect(happened).toEqual(['open a', 'open b', 'close b', 'close a', 'close holdout']);
    expect(ports.recorded.size).toBe(0);
  });

  it('recalls a verdict without opening a model, and measures latency anew all the same', async () => {
    const happened: string[] = [];
    const ports = world(happened);
    const request = { candidate: contender('a', 20, happened), assurance: 'advisory', access: 'open' } as const;
    const first = await evaluateModel({ ...request, model: withLatency }, ports);
    expect(first.recalled).toBe(false);
    expect(
      [...ports.recorded.values()].flatMap(({ observations }) => observations.map(({ metric }) => metric)),
    ).toEqual([]);
    happened.length = 0;
    const again = await evaluateModel({ ...request, model: withLatency }, ports);
    expect(again.recalled).toBe(true);
    expect(again.judgement.observations.map(({ metric }) => metric)).toContain('latencyMs');
    expect(happened).toContain('open a');

    await evaluateModel({ ...request, model }, ports);
    happened.length = 0;
    expect((await evaluateModel({ ...request, model }, ports)).recalled).toBe(true);
    expect(happened).toEqual(['close holdout']);
  });

  it('takes the same bytes for the same model, and runs them once', async () => {
    const happened: string[] = [];
    const candidate = contender('a', 20, happened);
    const baseline = { ...contender('b', 2, happened), bytes: candidate.bytes };
    const { judgement } = await evaluateModel(
      { model, candidate, baseline, assurance: 'advisory', access: 'open' },
      world(happened),
    );
    expect(judgement.findings).toMatchObject([{ kind: 'identical' }]);
    expect(happened).toEqual(['open a', 'close a', 'close holdout']);
  });

  it('tells the power beforehand, by the judgement that made the champion and not by this pair', async () => {
    const happened: string[] = [];
    const champion = contender('champion', 25, happened);
    const close = await evaluateModel(
      { model, candidate: contender('a', 24, happened), baseline: champion, assurance: 'advisory', access: 'open' },
      world(happened),
    );
    const bad = {
      model,
      candidate: contender('bad', 3, happened),
      baseline: champion,
      assurance: 'advisory',
      access: 'open',
    } as const;
    const told: Power[] = [];
    const precedent = (): Promise<Judgement> => Promise.resolve(close.judgement);
    const known = await evaluateModel(bad, world(happened, { precedent, onPower: (power) => told.push(power) }));
    expect(known.judgement.power).toEqual(close.judgement.power);
    expect(told).toEqual([close.judgement.power]);
    const unknown = await evaluateModel(bad, world(happened));
    expect(unknown.judgement.power.equalModelAccepted).toBeLessThan(close.judgement.power.equalModelAccepted ?? 0);
  });
});
