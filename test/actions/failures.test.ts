import { describe, expect, it } from 'vitest';
import { PUBLISH } from '../../actions/contracts.ts';
import { describeFailure } from '../../actions/failures.ts';
import { openGitHub } from '../../src/adapters/github/gitHubClient.ts';
import { ServiceFailure, UserMistake } from '../../src/failure.ts';

const circumstances = (): Parameters<typeof describeFailure>[1] => ({
  contract: PUBLISH,
  cancelled: new AbortController().signal,
  env: { GITHUB_WORKFLOW_REF: 'acme/churn/.github/workflows/touchstone-judge.yml@refs/heads/main' },
});

/** What the client throws where GitHub answers so. */
async function refusal(
  status: number,
  message: string,
  headers: { readonly [name: string]: string } = {},
): Promise<unknown> {
  const answer = (): Promise<Response> => Promise.resolve(Response.json({ message }, { status, headers }));
  const client = openGitHub({ baseUrl: 'https://api.github.com', msPerSecond: 0, fetch: answer });
  const check = { owner: 'acme', repo: 'churn', name: 'touchstone', head_sha: 'a'.repeat(40) };
  return client.rest.checks.create({ ...check, request: { retries: 0 } }).catch((error: unknown) => error);
}

describe('an action that fails', () => {
  it('marks a mistake on the line where it is', () => {
    const mistake = new UserMistake(
      'config-invalid',
      { where: 'ml/touchstone.yml:12:5 models.churn.gates[2].slice', found: 'no slice "x" is defined' },
      { where: 'train.py', found: 'it is missing' },
    );
    const { reasonCode, annotations } = describeFailure(mistake, circumstances());
    expect(reasonCode).toBe('config-invalid');
    expect(annotations).toMatchObject([
      { severity: 'error', place: { file: 'ml/touchstone.yml', line: 12, column: 5 } },
      { severity: 'error', message: 'train.py: it is missing.' },
    ]);
    expect(annotations[1]).not.toHaveProperty('place');
  });

  it('tells a missing permission by the lines to add', async () => {
    const { reasonCode, message } = describeFailure(
      await refusal(403, 'Resource not accessible by integration'),
      circumstances(),
    );
    expect(reasonCode).toBe('permission_denied');
    expect(message).toContain('POST /repos/acme/churn/check-runs');
    expect(message).toContain('.github/workflows/touchstone-judge.yml');
    expect(message).toContain(
      '    permissions:\n      contents: write\n      actions: read\n      checks: write\n      pull-requests: write',
    );
  });

  it('adds what GitHub says is needed beyond that', async () => {
    const headers = { 'x-accepted-github-permissions': 'issues=write,pull_requests=write; contents=write' };
    const { message } = describeFailure(
      await refusal(403, 'Resource not accessible by integration', headers),
      circumstances(),
    );
    expect(message).toContain('      issues: write');
  });

  it.each([
    [403, 'API rate limit exceeded', 'github-failed'],
    [404, 'Not Found', 'github-failed'],
    [502, 'Bad Gateway', 'github-failed'],
  ])('does not take %i %s for a missing permission', async (status, said, code) => {
    const { reasonCode, message } = describeFailure(await refusal(status, said), circumstances());
    expect(reasonCode).toBe(code);
    expect(message).not.toContain('permissions:');
  });

  it('shows a stack trace for a bug alone', () => {
    const trace = /failures\.test\.ts/;
    expect(describeFailure(new TypeError('x'), circumstances())).toMatchObject({ reasonCode: 'bug' });
    expect(describeFailure(new TypeError('x'), circumstances()).message).toMatch(trace);
    const service = new ServiceFailure('store-failed', { where: 'store', found: 'it is down' });
    expect(describeFailure(service, circumstances())).toMatchObject({ reasonCode: 'store-failed' });
    expect(describeFailure(service, circumstances()).message).not.toMatch(trace);
  });

  it('says of a cancelled one that it was cancelled, whatever failed by that', () => {
    const cancelled = AbortSignal.abort();
    const failure = describeFailure(new TypeError('x'), { ...circumstances(), cancelled });
    expect(failure.reasonCode).toBe('interrupted');
  });

  it('lets no message out of its block in the summary', () => {
    const hostile = new UserMistake('x', { where: '`'.repeat(4), found: '\n````\n# forged heading\n' });
    expect(describeFailure(hostile, circumstances()).markdown).toMatch(/^`````text\n[^]*\n`````$/m);
  });
});
