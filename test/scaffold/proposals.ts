import fc from 'fast-check';
import type { MetricName, SplitConfig, TaskConfig } from '../../src/config/config.ts';
import { parseModelName } from '../../src/identity/names.ts';
import type { LeftOutColumn, Proposal, ProposedFeature } from '../../src/proposal/proposal.ts';

/** A proposal with some of its choices made otherwise. */
export function proposal(given: Partial<Proposal> = {}): Proposal {
  return {
    model: parseModelName('adults'),
    data: ['data/adults.csv'],
    task: { kind: 'binary', positive: '>50K' },
    target: 'income',
    features: [
      { column: 'age', kind: 'number' },
      { column: 'sex', kind: 'category' },
    ],
    leftOut: [
      { column: 'fnlwgt', because: 'gives-the-target-away', sentence: 'it nearly determines "income"', as: 'number' },
      { column: 'born', because: 'not-a-feature', sentence: 'it holds dates' },
    ],
    split: { by: 'row', holdout: 0.2, validation: 0.1, salt: 'adults' },
    holdoutRows: 9_768,
    slices: [{ kind: 'column', column: 'sex' }],
    metric: { family: 'accuracy' },
    shown: [{ family: 'auc' }, { family: 'logLoss' }],
    floor: 0.76071823,
    schema: { version: 1, columns: new Map([['age', { type: 'integer', required: true }]]) },
    reasons: { target: 'its name is that of a target', split: 'no column identifies a row' },
    ...given,
  };
}

/** Names that would break a file that they are written into without care. */
const hostileName = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary' }).filter((name) => !/\p{Cs}/u.test(name)),
  fc.constantFrom(
    '# no comment',
    'a: b',
    '- a',
    '"',
    "'",
    '"""',
    '\\',
    '\\N{BULLET}',
    'a\nb: [c',
    'a\r\nimport os',
    '\u2028',
    '\u0085',
    '\ufeff',
    '\u202e',
    '\u0000',
    '*a',
    '&a',
    '!!str',
    '{a}',
    '%YAML 1.1',
    '---',
    '...',
    'null',
    'true',
    'no',
    '1',
    '1_000',
    '0x1f',
    '.inf',
    '<<',
    '=',
    '2024-01-01',
    'ключ',
    'naïve \u{1f600}',
    '\u{e0001}',
    ' padded ',
    '   ',
    'graph/label',
    'x'.repeat(10_000),
  ),
);

const task: fc.Arbitrary<TaskConfig> = fc.oneof(
  fc.constant({ kind: 'regression' as const }),
  fc.constant({ kind: 'binary' as const }),
  hostileName.map((positive) => ({ kind: 'binary' as const, positive })),
  fc
    .uniqueArray(
      hostileName.filter((label) => label !== 'macro'),
      { minLength: 2, maxLength: 5 },
    )
    .map((classes) => ({ kind: 'multiclass' as const, classes })),
);

const METRICS: { readonly [kind in TaskConfig['kind']]: readonly MetricName[] } = {
  binary: [{ family: 'accuracy' }, { family: 'auc' }, { family: 'logLoss' }],
  multiclass: [{ family: 'accuracy' }, { family: 'f1', of: 'macro' }],
  regression: [{ family: 'mae' }, { family: 'rmse' }, { family: 'r2' }],
};

const share = fc.integer({ min: 1, max: 4_999 }).map((buckets) => Number(`${buckets}e-4`));

const instant = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

/** Any proposal that hangs together, made of hostile names. */
export const anyProposal: fc.Arbitrary<Proposal> = fc
  .record({
    columns: fc.uniqueArray(hostileName, { minLength: 5, maxLength: 12 }),
    task,
    shares: fc.tuple(share, fc.option(share, { nil: 0 })),
    instants: fc.tuple(instant, fc.option(instant, { nil: undefined })),
    roles: fc.record({ id: fc.boolean(), time: fc.boolean(), group: fc.boolean() }),
    by: fc.constantFrom('id', 'group', 'row', 'time'),
    kinds: fc.array(fc.constantFrom<ProposedFeature['kind']>('number', 'category'), { minLength: 12, maxLength: 12 }),
    left: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    sentence: fc.oneof(hostileName, fc.constant('it tells the answer')),
    rows: fc.integer({ min: 1, max: 10_000_000 }),
    floor: fc.option(fc.double({ min: 0.001, max: 1, noNaN: true }), { nil: undefined }),
    metric: fc.nat(),
  })
  .map(({ columns, task: kind, shares, instants, roles, by, kinds, left, sentence, rows, floor, metric }) => {
    const [target = 't', id = 'i', time = 't', group = 'g', ...rest] = columns;
    const known = { ...(roles.id && { id }), ...(roles.time && { time }), ...(roles.group && { group }) };
    const metrics = METRICS[kind.kind];
    const chosen = metrics[metric % metrics.length] ?? { family: 'accuracy' };
    const lies = by === 'row' ? true : by === 'id' ? roles.id : by === 'group' ? roles.group : roles.time;
    const [later, earlier] = [...instants].map((each) => each ?? '').sort((a, b) => (a < b ? 1 : -1));
    const split: SplitConfig =
      by === 'time' && lies
        ? {
            by,
            holdoutFrom: later ?? '',
            ...(earlier !== undefined && earlier !== '' && earlier !== later && { validationFrom: earlier }),
          }
        : {
            by: lies && by !== 'time' ? by : 'row',
            holdout: shares[0],
            validation: shares[1],
            salt: 'adults',
          };
    const leftOut: LeftOutColumn[] = rest.flatMap((column, at) => {
      const as = kinds[at];
      return left[at] === true
        ? [{ column, because: 'gives-the-target-away' as const, sentence, ...(at % 2 === 0 && as && { as }) }]
        : [];
    });
    return proposal({
      target,
      task: kind,
      ...known,
      split,
      features: rest.flatMap((column, at) => (left[at] === true ? [] : [{ column, kind: kinds[at] ?? 'number' }])),
      leftOut,
      slices: [
        ...rest.slice(0, 2).map((column) => ({ kind: 'column' as const, column })),
        { kind: 'where' as const, name: 'some', where: `"${target.replaceAll('"', '""')}" = 1` },
      ],
      holdoutRows: rows,
      metric: chosen,
      shown: metrics.filter((each) => each !== chosen),
      ...(floor !== undefined && chosen.family !== 'r2' ? { floor } : {}),
      reasons: { model: sentence, task: sentence, target: sentence, id: sentence, split: sentence, metric: sentence },
    });
  });
