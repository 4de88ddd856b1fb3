import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { churn, engine, withTraining } from './dataFolder.ts';

const shared = path.resolve('../shared/datasets');

describe.skipIf(!existsSync(shared))('real data (skipped where ../shared/datasets is absent)', () => {
  // With the Python script of docs/data.md.
  it('has the digest that Python computes', async () => {
    const data = { train: ['wine-quality.csv'], holdout: ['wine-quality.csv'] };
    const { train } = withTraining(
      await engine.inspect(path.join(shared, 'wine_quality'), churn({ target: 'quality', data })),
    );
    expect(train.digest).toBe('f85dcbf097c5398820c255d335b0f516f6ed73c856ca1a81a913adb74db21dc0');
    // 4,898 rows, 937 of them duplicates: datasets/README.md.
    expect(train.rows).toBe(4898);
    expect((train.rowKeys.length - 16) / 16).toBeLessThanOrEqual(4898 - 937);
  });

  it('is read with commas inside of quotes, gaps and line ends of both kinds', async () => {
    const titanic = { train: ['titanic_reference.csv'], holdout: ['titanic_reference.csv'] };
    const read = withTraining(
      await engine.inspect(path.join(shared, 'titanic'), churn({ target: 'Survived', data: titanic })),
    );
    const gaps = Object.fromEntries(read.train.columns.map(({ name, missing }) => [name, missing]));
    expect(gaps).toMatchObject({ PassengerId: 0, Name: 0, Age: 177, Cabin: 687, Embarked: 2 });
    const taxi = { train: ['*_2019-0[1-9].csv'], holdout: ['*_2020-0*.csv'] };
    const months = withTraining(
      await engine.inspect(
        path.join(shared, 'nyc_taxi_monthly'),
        churn({ target: 'tip_amount', task: { kind: 'regression' }, data: taxi }),
      ),
    );
    expect([months.train.rows, months.holdout.rows]).toEqual([90_000, 60_000]);
    expect(months.train.columns.find(({ name }) => name === 'pickup_datetime')?.type).toBe('timestamp');
  });
});
