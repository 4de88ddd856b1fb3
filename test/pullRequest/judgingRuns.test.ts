import { describe, expect, it } from 'vitest';
import { chooseJudgingRuns, type TitledRun } from '../../src/pullRequest/judgingRuns.ts';
import { overrideTitle } from '../../src/pullRequest/judgingTitle.ts';
import { parseRepositoryName } from '../../src/identity/git.ts';
import { judgingRun, RUN } from '../commands/overrideWorld.ts';
import { REPOSITORY } from './heads.ts';

const OF = { repository: REPOSITORY, defaultBranch: 'main', trained: RUN };
const override = (id: number, change: Partial<TitledRun> = {}): TitledRun =>
  judgingRun(id, {
    path: '.github/workflows/touchstone-override.yml',
    event: 'workflow_dispatch',
    title: overrideTitle({ run: RUN, comment: 7 }),
    ...change,
  });
const chosen = (...runs: readonly TitledRun[]): readonly string[] =>
  chooseJudgingRuns(runs, OF).map(({ id, attempt }) => `${id}.${attempt}`);

describe('the runs that answer for a trained run', () => {
  it('are those that judged and those that took an override, the newest first', () => {
    expect(chosen(judgingRun(202), override(207), judgingRun(204, { attempt: 2 }), judgingRun(204))).toEqual([
      '207.1',
      '204.2',
      '204.1',
      '202.1',
    ]);
  });

  it('are also those that somebody asked for, and those that failed: what they left tells', () => {
    expect(chosen(judgingRun(202, { event: 'workflow_dispatch', conclusion: 'failure' }))).toEqual(['202.1']);
  });

  const fork = parseRepositoryName('mallory/churn');
  it.each<[string, Partial<TitledRun>]>([
    ['is not over', { status: 'in_progress' }],
    ['is of another trained run', { title: 'touchstone-judge: run 1011' }],
    ['has another title', { title: `touchstone-judge: run ${RUN} ` }],
    ['ran on another branch', { headBranch: 'mine' }],
    ['is of another file', { path: '.github/workflows/mine.yml' }],
    ['is of another event', { event: 'pull_request' }],
    ['is of another repository', { repository: fork }],
    ['ran for a fork', { headRepository: fork }],
  ])('are none that %s', (_, change) => {
    expect(chosen(judgingRun(202, change))).toEqual([]);
  });

  it('are none that took an override for another event, or by the title of a judging run', () => {
    expect(chosen(override(207, { event: 'workflow_run' }))).toEqual([]);
    expect(chosen(override(207, { title: `touchstone-judge: run ${RUN}` }))).toEqual([]);
    expect(chosen(judgingRun(207, { title: overrideTitle({ run: RUN, comment: 7 }) }))).toEqual([]);
  });

  it('are told by their repository in whatever case', () => {
    expect(chosen(judgingRun(202, { repository: parseRepositoryName('Octocat/Churn') }))).toEqual(['202.1']);
  });
});
