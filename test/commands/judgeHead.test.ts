import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/training/candidate.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { parseModelName } from '../../src/identity/names.ts';
import { formatHeadJudgement, parseHeadJudgement } from '../../src/pullRequest/headJudgementDocument.ts';
import {
  configText,
  csv,
  judge,
  judged,
  LINK,
  MAIN,
  MODEL,
  onlySection,
  range,
  refused,
  wrongOnEvery,
  type Files,
} from './headWorld.ts';

const CODE = { 'train.py': 'print("v2")\n' };
const gate = (bound: Readonly<Record<string, number>>): Readonly<Record<string, unknown>> => ({
  ...MODEL,
  gates: [{ metric: 'accuracy', ...bound }],
});

describe('a head that changes training code', () => {
  it('is accepted where its model is no worse than the champion', async () => {
    const { run, verdict } = judged(
      await judge({ head: CODE, champion: wrongOnEvery(50), models: { churn: wrongOnEvery(51) } }),
    );
    expect(run.judgement.verdict).toEqual({ kind: 'accepted', compared: true, assurance: 'judged', blocks: false });
    expect(run.baseline?.label).toBe('churn@v1');
    expect(run.holdout).toMatchObject({ rows: 600, dropped: 0, looks: 1, open: true });
    expect(verdict.comparison).toMatchObject({ candidate: run.candidate.digest, baseline: run.baseline?.digest });
  });

  it('is rejected where it is worse', async () => {
    const { run } = judged(await judge({ head: CODE, champion: wrongOnEvery(50), models: { churn: wrongOnEvery(4) } }));
    expect(run.judgement.verdict).toMatchObject({ kind: 'rejected', blocks: true });
  });

  it('writes nothing into the registry', async () => {
    const { store } = await judge({ head: CODE, champion: wrongOnEvery(50) });
    const after = await judge({ head: CODE, store: store.copy() });
    expect([...after.store.objects.keys()]).toEqual([...store.objects.keys()]);
  });

  it('tells the numbers that were measured, and those that are claimed as claims', async () => {
    const { run } = judged(await judge({ head: CODE, champion: wrongOnEvery(50), models: { churn: wrongOnEvery(4) } }));
    expect(run.judgement.findings[0]?.candidate).toBeCloseTo(0.75, 2);
    expect(run.training?.claimed.metrics).toEqual({ accuracy: 0.9999 });
    expect(run.notes.join()).toContain('was not measured here');
  });

  it('is told as the commit that was judged, whatever the run says it was', async () => {
    const judgement = await judge({ head: CODE });
    expect(judged(judgement).run.training?.environment).toMatchObject({ commit: judgement.head, dirty: [] });
  });

  it('comes to a document that can be read back', async () => {
    const judgement = await judge({ head: CODE, champion: wrongOnEvery(50) });
    const read = parseHeadJudgement(Buffer.from(formatHeadJudgement(judgement)));
    expect(read).toMatchObject({ kind: 'parsed', value: { head: judgement.head } });
  });
});

describe('what is touched', () => {
  it('is nothing by a README', async () => {
    expect((await judge({ head: { 'README.md': 'New\n' }, conclusion: 'failed' })).outcome).toEqual({
      kind: 'untouched',
    });
  });

  it('is a model by what a link among its inputs leads to', async () => {
    const main = {
      ...MAIN,
      'touchstone.yml': configText({ churn: { ...MODEL, train: { ...MODEL.train, inputs: ['train.py', 'lib'] } } }),
      lib: `${LINK}shared`,
      'shared/net.py': 'a = 1\n',
    };
    const { outcome } = await judge({ main, head: { 'shared/net.py': 'a = 2\n' } });
    expect(outcome.kind).toBe('models');
  });

  it('is counted from where the head parted from the default branch, not from what that did since', async () => {
    const main = { ...MAIN, 'train.py': 'print("meanwhile")\n' };
    expect((await judge({ main, base: MAIN, head: { 'README.md': 'x' } })).outcome).toEqual({ kind: 'untouched' });
  });
});

describe('the policy', () => {
  const strict: Files = { ...MAIN, 'touchstone.yml': configText({ churn: gate({ min: 0.95 }) }) };

  it('is the default branch’s where the head edits gates, and the outlook says what the new one would have said', async () => {
    const head = { ...CODE, 'touchstone.yml': configText({ churn: gate({ min: 0.1 }) }) };
    const section = judged(await judge({ main: strict, head, models: { churn: wrongOnEvery(4) } }));
    expect(section.run.judgement.verdict).toMatchObject({ kind: 'rejected', blocks: true });
    expect(section.run.judgement.findings.map(({ allowed }) => allowed)).toEqual(['min 0.95']);
    expect(section.proposed).toMatchObject({
      kind: 'judged',
      run: { judgement: { verdict: { kind: 'accepted', assurance: 'advisory' } } },
    });
  });

  it('is the default branch’s where the head drops a metric and its gate', async () => {
    const head = {
      ...CODE,
      'touchstone.yml': configText({ churn: { ...MODEL, metrics: ['recall'], gates: [{ metric: 'recall', min: 0 }] } }),
    };
    const { run } = judged(await judge({ main: strict, head, models: { churn: wrongOnEvery(4) } }));
    expect(run.judgement.findings.map(({ id }) => id)).toEqual(['accuracy@overall']);
  });

  it('is the default branch’s where the head began on a commit with a laxer one', async () => {
    const lax: Files = { ...MAIN, 'touchstone.yml': configText({ churn: gate({ min: 0.1 }) }) };
    const { run } = judged(await judge({ main: strict, base: lax, head: CODE, models: { churn: wrongOnEvery(4) } }));
    expect(run.judgement.verdict.kind).toBe('rejected');
  });

  it('has no outlook where the head leaves it alone', async () => {
    expect(judged(await judge({ head: CODE })).proposed).toBeUndefined();
  });

  it('holds rows of the default branch, whatever the head puts into the holdout', async () => {
    const head = { ...CODE, 'holdout.csv': csv(range(300, 400).filter((row) => row % 4 !== 0)) };
    const { run } = judged(await judge({ head, models: { churn: wrongOnEvery(4) } }));
    expect(run.holdout.rows).toBe(600);
    expect(run.judgement.observations.concat(run.judgement.findings)[0]?.candidate).toBeCloseTo(0.75, 2);
  });

  it('drops rows of the holdout that the head trains on', async () => {
    const head = { 'train.csv': csv([...range(0, 300), ...range(300, 500)]) };
    expect(judged(await judge({ head })).run.holdout).toMatchObject({ rows: 400, dropped: 200 });
  });

  it('drops them too where the head names another id, which would make keys that meet none', async () => {
    const withId = (id: string): string =>
      configText({ churn: { ...MODEL, id, data: { ...MODEL.data, schema: undefined } } });
    const rows = (numbers: readonly number[]): string =>
      `x,a,b,y\n${numbers.map((row) => `${row},a${row},b${row},${row % 2 === 1 ? 'yes' : 'no'}`).join('\n')}\n`;
    const main = {
      ...MAIN,
      'touchstone.yml': withId('a'),
      'train.csv': rows(range(0, 300)),
      'holdout.csv': rows(range(300, 900)),
    };
    const head = { 'touchstone.yml': withId('b'), 'train.csv': rows(range(0, 500)) };
    expect(judged(await judge({ main, head })).run.holdout).toMatchObject({ rows: 400, dropped: 200 });
  });

  it('splits rows as the default branch does, and drops what the head’s own split trains on', async () => {
    const split = (salt: string): string =>
      configText({ churn: { ...MODEL, data: { train: 'all.csv', split: { holdout: '30%', by: 'row', salt } } } });
    const main = { ...MAIN, 'touchstone.yml': split('a'), 'all.csv': csv(range(0, 900)) };
    const { run } = judged(await judge({ main, head: { 'touchstone.yml': split('b') } }));
    const all = run.holdout.rows + run.holdout.dropped;
    // Seven of ten rows of the ruling holdout are on the training side of another salt.
    expect(run.holdout.dropped / all).toBeGreaterThan(0.6);
    expect(run.holdout.dropped / all).toBeLessThan(0.8);
  });
});

describe('data', () => {
  const broken = `x,y\n${range(0, 300)
    .map((row) => `${row},${row % 3 === 0 ? '' : 'yes'}`)
    .join('\n')}\n`;

  it('that break the schema of the default branch stop the judging', async () => {
    const section = onlySection(await judge({ head: { 'train.csv': broken } }));
    expect(section).toMatchObject({ kind: 'not-judged', because: 'data-broken' });
    expect(section.kind === 'not-judged' && section.anomalies.map(({ severity }) => severity)).toContain('error');
  });

  it('that only the proposed schema accepts do not block, and are named', async () => {
    const schema = stringify({ version: 1, columns: { x: 'string', y: 'string' } });
    const text = (rows: readonly number[]): string =>
      `x,y\n${rows.map((row) => `r${row},${row % 2 === 1 ? 'yes' : 'no'}`).join('\n')}\n`;
    const head = { 'schema.yml': schema, 'train.csv': text(range(0, 300)) };
    const section = judged(await judge({ head }));
    expect(section.acceptedAnomalies).toHaveLength(1);
    expect(section.run.anomalies.map(({ severity }) => severity)).not.toContain('error');
    expect(section.proposed?.kind).toBeDefined();
  });

  it('that nobody can read are told, and do not end the judging', async () => {
    expect(refused(await judge({ head: { 'train.csv': 'x,y\n"1,no\n' } })).because).toBe('data-broken');
    expect(refused(await judge({ head: { 'schema.yml': '[' } })).because).toBe('data-broken');
    expect(refused(await judge({ head: { 'train.csv': null } })).because).toBe('data-broken');
  });
});

describe('a candidate is refused', () => {
  const forged = (change: (candidate: Candidate) => Partial<Candidate>): Promise<ReturnType<typeof refused>> =>
    judge({ head: CODE, forge: (candidate) => ({ ...candidate, ...change(candidate) }) }).then(refused);

  it.each<[string, (candidate: Candidate) => Partial<Candidate>]>([
    ['code', ({ inputs }) => ({ inputs: { ...inputs, code: [{ path: 'train.py', object: '1'.repeat(40) }] } })],
    ['code', ({ inputs }) => ({ inputs: { ...inputs, code: [] } })],
    [
      'code',
      ({ inputs }) => ({ inputs: { ...inputs, code: [...inputs.code, { path: 'b.py', object: '1'.repeat(40) }] } }),
    ],
    [
      'train data',
      ({ inputs }) => ({
        inputs: { ...inputs, data: inputs.data.map((one) => ({ ...one, digest: digestOfBytes('other') })) },
      }),
    ],
    [
      'train data',
      ({ inputs }) => ({
        inputs: { ...inputs, data: inputs.data.map((one) => ({ ...one, rowKeys: digestOfBytes('none') })) },
      }),
    ],
    ['train data', ({ inputs }) => ({ inputs: { ...inputs, data: inputs.data.map((one) => ({ ...one, rows: 1 })) } })],
    ['train data (2)', ({ inputs }) => ({ inputs: { ...inputs, data: [...inputs.data, ...inputs.data] } })],
    ['command', ({ inputs }) => ({ inputs: { ...inputs, command: ['python', 'other.py'] } })],
    ['parameter depth', ({ inputs }) => ({ inputs: { ...inputs, params: { depth: 9 } } })],
    ['seed', ({ inputs }) => ({ inputs: { ...inputs, seed: 7 } })],
    ['requirements', ({ inputs }) => ({ inputs: { ...inputs, lockfile: digestOfBytes('lock') } })],
  ])('where it says that its %s is other than the commit’s', async (what, change) => {
    const { because, found } = await forged(change);
    expect(because).toBe('candidate-refused');
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`made of other inputs than this commit: ${what}`);
  });

  it('where it is of another model, or brings another output or further files', async () => {
    const file = { path: 'extra.bin', digest: digestOfBytes('x'), bytes: 1 };
    const output = { path: 'other.onnx', digest: digestOfBytes('x'), bytes: 1 };
    expect((await forged(() => ({ model: parseModelName('fraud') }))).found).toEqual(['it is of the model fraud']);
    expect((await forged(() => ({ output }))).found).toEqual(['its model is "other.onnx"']);
    expect((await forged(() => ({ files: [file] }))).found).toEqual(['it brings "extra.bin"']);
  });

  it('where its inputs hold the rows that judge it, even if the head calls them something else', async () => {
    const renamed = {
      ...MODEL,
      data: { ...MODEL.data, holdout: 'other.csv' },
      train: { ...MODEL.train, inputs: ['train.py', 'holdout.csv'] },
    };
    const head = { 'touchstone.yml': configText({ churn: renamed }), 'other.csv': csv(range(300, 900)) };
    const { because, found } = refused(await judge({ head }));
    expect(because).toBe('candidate-refused');
    expect(found[0]).toContain('the inputs hold holdout.csv');
  });

  it('where its file is no model', async () => {
    const { because, found } = refused(await judge({ head: CODE, models: { churn: 'nonsense' } }));
    expect([because, ...found]).toEqual(['candidate-refused', 'it is no model']);
  });

  it('where another run uploaded it', async () => {
    const { because } = refused(
      await judge({ head: CODE, artifacts: (all) => all.map((artifact) => ({ ...artifact, run: 78 })) }),
    );
    expect(because).toBe('not-trained');
  });
});

describe('a run that did not end well', () => {
  const job = { name: 'train churn', conclusion: 'failure', failedSteps: ['Run train'], url: 'https://github.com/j/1' };
  const none = { head: CODE, models: { churn: null } };

  it('is told with its job and step', async () => {
    const section = onlySection(
      await judge({ ...none, conclusion: 'failed', jobs: [{ ...job, name: 'other', conclusion: 'cancelled' }, job] }),
    );
    expect(section).toMatchObject({
      kind: 'not-judged',
      because: 'training-failed',
      problems: [{ where: job.url, found: 'the job "train churn" failed, in its step "Run train"' }],
    });
  });

  it.each([
    ['cancelled', 'training-cancelled'],
    ['timed-out', 'training-timed-out'],
    ['failed', 'training-failed'],
    ['succeeded', 'not-trained'],
  ] as const)('as %s without a job is %s', async (conclusion, because) => {
    expect(refused(await judge({ ...none, conclusion })).because).toBe(because);
  });

  it('waits where it waits for approval, unless nothing is touched', async () => {
    const conclusion = 'waits-for-approval';
    expect((await judge({ ...none, conclusion })).outcome).toEqual({ kind: 'waits-for-approval' });
    expect((await judge({ head: { 'README.md': 'x' }, conclusion })).outcome).toEqual({ kind: 'untouched' });
  });

  it('is no answer while it runs', async () => {
    await expect(judge({ ...none, conclusion: 'unfinished' })).rejects.toMatchObject({ code: 'run-unfinished' });
  });

  it('counts what an earlier attempt left, where only other jobs ran again', async () => {
    const earlier = { head: CODE, conclusion: 'failed', attempt: 2 } as const;
    const asOfFirst = (all: Parameters<NonNullable<Parameters<typeof judge>[0]['artifacts']>>[0]): typeof all =>
      all.map((artifact) => ({ ...artifact, name: artifact.name.replace(/2$/, '1') }));
    const other = { ...job, name: 'train fraud' };
    const { run } = judged(await judge({ ...earlier, artifacts: asOfFirst, jobs: [other] }));
    expect(run.notes.join()).toContain('attempt 1');
    // The model itself was trained again, and that failed.
    expect(refused(await judge({ ...earlier, artifacts: asOfFirst, jobs: [job] })).because).toBe('training-failed');
  });

  it('is judged for the models that were trained', async () => {
    const fraud = { ...MODEL, train: { ...MODEL.train, output: 'fraud.onnx' } };
    const main = { ...MAIN, 'touchstone.yml': configText({ churn: MODEL, fraud }) };
    const { outcome } = await judge({
      main,
      head: CODE,
      models: { fraud: null },
      conclusion: 'failed',
      jobs: [{ ...job, name: 'train (fraud)' }],
    });
    expect(outcome).toMatchObject({
      kind: 'models',
      sections: [
        { kind: 'judged', model: 'churn' },
        { kind: 'not-judged', model: 'fraud', because: 'training-failed' },
      ],
    });
  });
});

describe('a configuration that comes, goes or cannot be read', () => {
  const { 'touchstone.yml': written = '', ...without } = MAIN;

  it('begins with the merge', async () => {
    const { outcome } = await judge({ main: without, head: { 'touchstone.yml': written } });
    expect(outcome).toEqual({ kind: 'begins', models: ['churn'] });
  });

  it('is told where the proposed one is invalid, the first one or a later one', async () => {
    const head = { 'touchstone.yml': 'version: 1\nmodels: {churn: {task: bin}}\n' };
    for (const main of [without, MAIN]) {
      expect((await judge({ main, head })).outcome).toMatchObject({ kind: 'invalid-config' });
    }
    expect((await judge({ head: { 'touchstone.yml': `${LINK}/etc/passwd` } })).outcome).toMatchObject({
      kind: 'invalid-config',
    });
  });

  it('is none of anybody’s business where there is none', async () => {
    expect((await judge({ main: without, head: CODE })).outcome).toEqual({ kind: 'untouched' });
  });

  it('removes its models where it goes', async () => {
    const { outcome } = await judge({ head: { 'touchstone.yml': null } });
    expect(outcome).toEqual({ kind: 'models', sections: [{ kind: 'removed', model: 'churn' }] });
  });

  it('reports a model that it adds by what its own says, and gates nothing', async () => {
    const head = { 'touchstone.yml': configText({ churn: MODEL, fraud: gate({ min: 0.99 }) }) };
    const section = onlySection(await judge({ head, models: { fraud: wrongOnEvery(4) } }));
    expect(section).toMatchObject({
      kind: 'new',
      model: 'fraud',
      outlook: { kind: 'judged', run: { judgement: { verdict: { kind: 'rejected', assurance: 'advisory' } } } },
    });
  });

  it('tells a model that is called otherwise', async () => {
    const { outcome } = await judge({ head: { 'touchstone.yml': configText({ attrition: MODEL }) } });
    expect(outcome).toMatchObject({
      kind: 'models',
      sections: [
        { kind: 'new', model: 'attrition' },
        { kind: 'removed', model: 'churn', renamedTo: 'attrition' },
      ],
    });
  });
});

describe('the content key', () => {
  it('is one for equal code, data and configuration, and another for any of them', async () => {
    const keyOf = async (head: Files): Promise<string> => judged(await judge({ head })).contentKey;
    const key = await keyOf(CODE);
    expect(await keyOf({ ...CODE, 'README.md': 'New\n' })).toBe(key);
    const others = [
      { 'train.py': 'print("v3")\n' },
      { ...CODE, 'train.csv': csv(range(0, 299)) },
      { ...CODE, 'touchstone.yml': configText({ churn: gate({ min: 0.1 }) }) },
      { ...CODE, '.github/workflows/touchstone-pr.yml': 'name: touchstone-pr\n' },
    ];
    const keys = await Promise.all(others.map(keyOf));
    expect(new Set([key, ...keys]).size).toBe(5);
  });
});

it('takes predictions for an open holdout as advice', async () => {
  const predicts = { ...MODEL, id: 'x', train: { ...MODEL.train, output: 'predictions.csv' } };
  const main = { ...MAIN, 'touchstone.yml': configText({ churn: predicts }) };
  expect(judged(await judge({ main, head: CODE })).run.judgement.verdict.assurance).toBe('advisory');
});
