import { describe, expect, it } from 'vitest';
import {
  evaluateModel,
  type Contender,
  type EvaluatePorts,
  type EvaluateRequest,
  type Illustrations,
  type Verdicts,
} from '../../src/commands/evaluate.ts';
import type { Illustration } from '../../src/evaluation/illustration/illustration.ts';
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
  it('keeps nothing of rows whose files changed meanwhile, and asks nobody where the verdict is on record', async () => {
    const happened: string[] = [];
    let changed = true;
    let kept = 0;
    const ports = world(happened, {
      refuseChanged: () => (changed ? Promise.reject(new Error('data-changed')) : Promise.resolve()),
      illustrations: {
        find: () => Promise.resolve(undefined),
        keep: () => {
          kept += 1;
          return Promise.resolve();
        },
      },
    });
    const request: EvaluateRequest = {
      model,
      candidate: contender('a', 20, happened),
      assurance: 'advisory',
      access: 'open',
    };
    await expect(evaluateModel(request, ports)).rejects.toThrow('data-changed');
    expect([ports.recorded.size, kept]).toEqual([0, 0]);
    expect(happened.at(-1)).toBe('close holdout');
    changed = false;
    expect((await evaluateModel(request, ports)).recalled).toBe(false);
    changed = true;
    expect((await evaluateModel(request, ports)).recalled).toBe(true);
  });

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

describe('what explains a verdict', () => {
  interface Shelf extends Illustrations {
    readonly kept: Map<string, Illustration>;
  }
  function shelf(happened: string[] = []): Shelf {
    const kept = new Map<string, Illustration>();
    return {
      kept,
      find: (verdict) => Promise.resolve(kept.get(verdict)),
      keep: (verdict, illustration) => {
        happened.push('keep');
        kept.set(verdict, illustration);
        return Promise.resolve();
      },
    };
  }
  const request = (happened: string[] = []): EvaluateRequest => ({
    model,
    candidate: contender('a', 20, happened),
    baseline: contender('b', 25, happened),
    assurance: 'advisory',
    access: 'open',
  });

  it('is found again with a recalled verdict, without a row being looked at', async () => {
    const happened: string[] = [];
    const illustrations = shelf();
    const ports = world(happened, { illustrations });
    const first = await evaluateModel(request(happened), ports);
    // Every 20th row is wrong now, every 25th was: 20 of 400 against 16, of which 4 are both.
    expect(first.illustration).toMatchObject({ kind: 'classes', flips: { fixed: { rows: 12 }, broken: { rows: 16 } } });
    expect([...illustrations.kept]).toEqual([[nameOfComparison(first.comparison), first.illustration]]);
    happened.length = 0;
    const again = await evaluateModel(request(happened), ports);
    expect(again.recalled).toBe(true);
    expect(again.illustration).toEqual(first.illustration);
    expect(happened).toEqual(['close holdout']);
  });

  it('is found again where the models run for their latency alone', async () => {
    const happened: string[] = [];
    const ports = world(happened, { illustrations: shelf() });
    const timed = { ...request(happened), model: withLatency };
    const first = await evaluateModel(timed, ports);
    expect((await evaluateModel(timed, ports)).illustration).toEqual(first.illustration);
  });

  it('is kept before the verdict is on record, for no row is looked at afterwards', async () => {
    const happened: string[] = [];
    const ports = world(happened, { illustrations: shelf(happened) });
    const verdicts: Verdicts = {
      ...ports.verdicts,
      record: (comparison, judgement) => {
        happened.push('record');
        return ports.verdicts.record(comparison, judgement);
      },
    };
    await evaluateModel(request(happened), { ...ports, verdicts });
    expect(happened.filter((step) => step === 'keep' || step === 'record')).toEqual(['keep', 'record']);
  });

  it('is absent where the verdict is recalled and nothing was kept', async () => {
    for (const more of [{}, { illustrations: { ...shelf(), keep: () => Promise.resolve() } }]) {
      const ports = world([], more);
      expect((await evaluateModel(request(), ports)).illustration).toBeDefined();
      expect(await evaluateModel(request(), ports)).not.toHaveProperty('illustration');
    }
  });

  it('shows no row of a sealed holdout, not even one that was kept when it was open', async () => {
    const illustrations = shelf();
    const ports = world([], { illustrations });
    const sealed = { ...request(), access: 'sealed' } as const;
    const judged = await evaluateModel(sealed, ports);
    expect(judged.holdout.open).toBe(false);
    expect(judged.illustration).toBeDefined();
    expect(judged.illustration).not.toHaveProperty('flips');
    expect((await evaluateModel(sealed, ports)).illustration).toEqual(judged.illustration);

    const opened = world([], { illustrations: shelf() });
    expect((await evaluateModel(request(), opened)).holdout.open).toBe(true);
    expect(await evaluateModel(sealed, opened)).not.toHaveProperty('illustration');
  });

  it('is that of the candidate alone where the bytes are the same', async () => {
    const same = request();
    const baseline = { ...contender('b', 2, []), bytes: same.candidate.bytes };
    const { illustration } = await evaluateModel({ ...same, baseline }, world([]));
    expect(illustration).not.toHaveProperty('flips');
    // Every 20th row, which is a "no", is taken for a "yes".
    const candidate = [
      [180, 20],
      [0, 200],
    ];
    expect(illustration).toMatchObject({ confusion: { labels: ['no', 'yes'], candidate } });
  });
});
