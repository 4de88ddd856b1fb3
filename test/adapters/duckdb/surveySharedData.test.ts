import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSurveyor } from '../../../src/adapters/duckdb/surveyData.ts';
import type { ModelData } from '../../../src/dataset/dataset.ts';
import { findAnomalies } from '../../../src/dataset/findAnomalies.ts';
import { propose } from '../../../src/proposal/propose.ts';
import type { Proposal } from '../../../src/proposal/proposal.ts';
import { proposeTarget } from '../../../src/proposal/proposeTarget.ts';
import { engine } from './dataFolder.ts';

const shared = path.resolve('../shared/datasets');

async function proposed(file: string): Promise<Proposal> {
  const data = await openSurveyor({ memoryMiB: 1024 }).open(shared, [file]);
  try {
    const { target, task } = proposeTarget(data.survey, {});
    return propose(data.survey, await data.associations(target, task.kind), {});
  } finally {
    data.close();
  }
}

/** Errors that validating the data finds with what is proposed for them. */
async function errorsOf(proposal: Proposal): Promise<readonly string[]> {
  const { model, task, target, id, time, group, data, split, schema } = proposal;
  const configured: ModelData = {
    name: model,
    task,
    target,
    ...(id !== undefined && { id }),
    ...(time !== undefined && { time }),
    ...(group !== undefined && { group }),
    data: { train: data, validation: [], holdout: [], split: split.by === 'time' ? split : { ...split, salt: model } },
  };
  const datasets = await engine.inspect(shared, configured);
  const errors = findAnomalies(configured, datasets, schema).filter(({ severity }) => severity === 'error');
  return errors.map(({ message }) => message);
}

const givenAway = ({ leftOut }: Proposal): readonly string[] =>
  leftOut.filter(({ because }) => because === 'gives-the-target-away').map(({ column }) => column);

describe.skipIf(!existsSync(shared))(
  'what is proposed for real data (skipped where ../shared/datasets is absent)',
  () => {
    it('watches people of either sex and of each race in the census', async () => {
      const proposal = await proposed('adult/adults.parquet');
      expect(proposal).toMatchObject({
        target: 'class',
        task: { kind: 'binary', positive: '>50K' },
        split: { by: 'row' },
      });
      const columns = proposal.slices.flatMap((slice) => (slice.kind === 'column' ? [slice.column] : []));
      expect(columns).toEqual(['race', 'sex']);
      expect(givenAway(proposal)).toEqual([]);
      expect(await errorsOf(proposal)).toEqual([]);
    });

    it('takes the grades of wines for numbers, and none of their features for a leak', async () => {
      const proposal = await proposed('wine_quality/wine-quality.csv');
      expect(proposal).toMatchObject({ target: 'quality', task: { kind: 'regression' }, metric: { family: 'mae' } });
      expect(proposal.features).toHaveLength(11);
      expect(await errorsOf(proposal)).toEqual([]);
    });

    it('leaves out who of the Titanic sat in which boat, and whose body was found', async () => {
      const proposal = await proposed('titanic/titanic_reference.csv');
      expect(proposal).toMatchObject({
        target: 'Survived',
        id: 'PassengerId',
        task: { kind: 'binary', positive: '1' },
      });
      expect(givenAway(proposal)).toEqual(['boat', 'body']);
      // SELECT Survived, count(*), count(boat): 323 of 342, 7 of 549.
      expect(proposal.leftOut.find(({ column }) => column === 'boat')?.sentence).toBe(
        'filled in 94 % of the rows with "Survived" 1, in 1 % of the others',
      );
      expect(await errorsOf(proposal)).toEqual([]);
    });

    it.each(['hour', 'day'])(
      'judges rented bikes by %s on the last months, and without their two parts',
      async (file) => {
        const proposal = await proposed(`bike_sharing/${file}.csv`);
        expect(proposal).toMatchObject({
          model: 'bike-sharing',
          target: 'cnt',
          task: { kind: 'regression' },
          time: 'dteday',
          split: { by: 'time' },
        });
        expect(givenAway(proposal)).toEqual(['casual', 'registered']);
        expect(await errorsOf(proposal)).toEqual([]);
      },
    );

    it('leaves out the score that an outcome was made of', async () => {
      const proposal = await proposed('asah/aSAH.csv');
      expect(proposal).toMatchObject({ target: 'outcome', task: { kind: 'binary', positive: 'Poor' } });
      expect(givenAway(proposal)).toEqual(['gos6']);
      expect(await errorsOf(proposal)).toEqual([]);
    });

    it('accepts months in which columns begin and gaps appear', async () => {
      const proposal = await proposed('nyc_taxi_monthly/*.csv');
      expect(proposal).toMatchObject({ model: 'nyc-taxi', time: 'pickup_datetime', split: { by: 'time' } });
      expect(await errorsOf(proposal)).toEqual([]);
    }, 60_000);
  },
);
