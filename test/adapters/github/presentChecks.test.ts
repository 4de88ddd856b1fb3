import { describe, expect, it } from 'vitest';
import { ownCheck, type CommitWithChecks } from '../../../src/adapters/github/presentChecks.ts';

const JOB = '9d1f3c52-0c6e-5d7a-8b1e-3f0a7c6f2b11';

describe('our check on a commit', () => {
  it('is none of a job that somebody called so, though it is of the same App', () => {
    expect(ownCheck(commit('github-actions', JOB), 'github-actions[bot]')).toBeUndefined();
    expect(ownCheck(commit('github-actions', JOB, '41.1'), 'github-actions[bot]')?.externalId).toBe('41.1');
  });

  it('is none of another App', () => {
    expect(ownCheck(commit('somebody', '41.1'), 'github-actions[bot]')).toBeUndefined();
  });

  it('is that of the run which judged last', () => {
    expect(ownCheck(commit('github-actions', '41.1', '42.1', '41.2'), 'github-actions[bot]')?.externalId).toBe('42.1');
  });
});

function commit(slug: string, ...externalIds: readonly string[]): CommitWithChecks {
  const nodes = externalIds.map((externalId) => ({
    externalId,
    status: 'COMPLETED',
    conclusion: 'SUCCESS',
    title: 'digits accepted',
  }));
  return { oid: 'a'.repeat(40), checkSuites: { nodes: [{ app: { slug }, checkRuns: { nodes } }] } };
}
