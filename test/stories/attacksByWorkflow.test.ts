import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileChanges } from '../github/state/importCommit.ts';
import { formatRecordedAnswer } from '../../src/pullRequest/answerDocument.ts';
import { parseCommitSha, parseRepositoryName } from '../../src/identity/git.ts';
import { headJudgement } from '../pullRequest/heads.ts';
import { BAD, CHURN, configuration, GOOD, quickTeam, TRAIN } from './quickTeam.ts';
import { workflow } from './shippedWorkflows.ts';
import { ANSWERERS, type Team } from './team.ts';

const PR = '.github/workflows/touchstone-pr.yml';
const JUDGE = '.github/workflows/touchstone-judge.yml';
const REJECTED = { conclusion: 'failure', title: 'churn rejected: accuracy 0.600 (≥ 0.9)' };

/** The shipped workflow of pull requests with steps put between training and the upload of the candidate. */
async function meddling(steps: string): Promise<{ readonly [PR]: string }> {
  const written = await workflow('touchstone-pr');
  const before = `      - uses: actions/upload-artifact@`;
  return { [PR]: written.replace(before, `${steps}${before}`) };
}

/** Steps that leave a document as the answer of a judging run would be. */
function leaving(answer: string): string {
  return `      - run: mkdir forged && printf %s "$ANSWER" > forged/answer.json
        env: { ANSWER: '${answer}' }
      - uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        with: { name: 'touchstone-answer-1', path: forged }
`;
}

/** What would pass as an answer, if it were believed. */
function passing(head: string, run: number): string {
  const of = {
    repository: parseRepositoryName('ada/digits'),
    head: parseCommitSha(head),
    trained: { id: run, attempt: 1 },
  };
  return formatRecordedAnswer({
    ...of,
    answer: { kind: 'judged', judgement: headJudgement({ kind: 'untouched' }, of) },
  });
}

/** Lets a script change the candidate that training left. */
async function tampering(script: string): Promise<FileChanges> {
  return {
    'tamper.mjs': `
import { readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
const file = process.env.CANDIDATE + '/candidate.json';
const candidate = JSON.parse(readFileSync(file, 'utf8'));
const replace = (name, bytes) => {
  writeFileSync(process.env.CANDIDATE + '/' + name, bytes);
  candidate.output = { path: name, bytes: bytes.length, digest: createHash('sha256').update(bytes).digest('hex') };
};
${script}
writeFileSync(file, JSON.stringify(candidate));
`,
    ...(await meddling(
      `      - run: node tamper.mjs\n        env: { CANDIDATE: '\${{ steps.train.outputs.candidate }}' }\n`,
    )),
  };
}

const only = (steps: string, more = ''): string =>
  `name: touchstone-pr\non: pull_request\n${more}jobs:\n  train:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`;

describe.each(ANSWERERS)('where the %s answers,', (answeredBy) => {
  let team: Team;
  beforeAll(async () => {
    team = await quickTeam({}, { answeredBy });
  });
  afterAll(() => team.close());

  describe('a pull request that brings a touchstone-pr.yml of its own', () => {
    /** Proposes all at once, waits for their answers, and gives them by the names of the branches. */
    async function answered(
      proposals: Readonly<Record<string, FileChanges>>,
    ): Promise<Readonly<Record<string, Awaited<ReturnType<Team['check']>>>>> {
      const pulls = [];
      for (const [branch, files] of Object.entries(proposals)) pulls.push(await team.propose(branch, files));
      await team.settle();
      return Object.fromEntries(
        await Promise.all(pulls.map(async (pull) => [pull.head.ref, await team.check(pull.headSha)] as const)),
      );
    }

    it('is judged by what its model does, whatever numbers, verdicts and other models it hands on', async () => {
      const good = await team.propose('another', GOOD);
      const checks = await answered({
        'claims-metrics': {
          ...BAD,
          ...(await tampering(`candidate.claimed = { metrics: { accuracy: 1, verdict: 'accepted' }, params: {} };`)),
        },
        'claims-a-verdict': {
          ...BAD,
          ...(await meddling(
            `      - run: mkdir forged && echo '{"schema":"touchstone/head-judgement/v1","outcome":{"kind":"untouched"}}' > forged/judgement.json
      - uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        with: { name: 'touchstone-judgement-1', path: forged }
`,
          )),
        },
        'claims-an-answer': { ...BAD, ...(await meddling(leaving('{"schema":"touchstone/answer/v1"}'))) },
        'other-bytes': {
          ...BAD,
          ...(await tampering(`writeFileSync(process.env.CANDIDATE + '/model.onnx', 'other');`)),
        },
        'another-model': { ...BAD, ...(await tampering(`candidate.model = 'spam';`)) },
        'leads-out': {
          ...BAD,
          ...(await tampering(`candidate.output.path = '../../../../touchstone.yml';`)),
        },
        'trains-the-code-of-another': {
          ...BAD,
          [PR]: (await workflow('touchstone-pr')).replaceAll(
            'ref: ${{ github.event.pull_request.head.sha }}',
            `ref: ${good.headSha}`,
          ),
        },
      });
      expect(checks['claims-metrics']).toMatchObject(REJECTED);
      expect(checks['claims-a-verdict']).toMatchObject(REJECTED);
      expect(checks['claims-an-answer']).toMatchObject(REJECTED);
      for (const branch of ['other-bytes', 'another-model', 'leads-out', 'trains-the-code-of-another']) {
        expect(checks[branch], branch).toMatchObject({
          conclusion: 'failure',
          title: expect.stringMatching(/^churn could not be judged: its candidate was refused/) as string,
        });
      }
      expect(await team.check(good.headSha)).toMatchObject({ conclusion: 'success' });
    });

    it('is told that nothing was trained where it trains nothing, or leaves it under another name', async () => {
      const checks = await answered({
        'trains-nothing': { ...BAD, [PR]: only('      - run: echo trained\n') },
        'other-name': {
          ...BAD,
          [PR]: (await workflow('touchstone-pr')).replace('touchstone-candidate-${{', 'touchstone-candidate-other-${{'),
        },
      });
      for (const check of Object.values(checks)) {
        expect(check).toMatchObject({
          conclusion: 'failure',
          title: expect.stringMatching(/^churn could not be judged: its training left no candidate/) as string,
        });
      }
    });

    it('has no say by a second workflow of the same name, and no answer without the first', async () => {
      const second = '.github/workflows/second.yml';
      const forged = only('      - run: echo trained\n');
      const beside = await team.propose('second', { ...BAD, [second]: forged });
      const instead = await team.propose('instead', { ...BAD, [second]: forged, [PR]: null });
      await team.settle();
      expect(await team.check(beside.headSha)).toMatchObject(REJECTED);
      // A required check that nobody answers blocks, and so does one that is not over.
      const unanswered = await team.check(instead.headSha);
      expect(unanswered?.conclusion).toBe(answeredBy === 'app' ? null : undefined);
      const ended = team.runs('touchstone-pr').filter(({ path }) => path === second);
      expect(ended).toHaveLength(2);
      const judging = team.runs('touchstone-judge').filter(({ origin }) => {
        const { workflow_run } = origin.payload as { readonly workflow_run: { readonly id: number } };
        return ended.some(({ id }) => id === workflow_run.id);
      });
      expect(judging.map(({ conclusion }) => conclusion)).toEqual(['skipped', 'skipped']);
    });

    it('is answered all the same where it made a check of our name, as a workflow with the right to can', async () => {
      const steps = `      - name: Forge
        run: |
          curl -sf -X POST -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
            -d '{"name":"touchstone","head_sha":"\${{ github.event.pull_request.head.sha }}","status":"completed","conclusion":"success","output":{"title":"churn accepted","summary":"Fine"}}' \\
            "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/check-runs"
        env: { TOKEN: '\${{ github.token }}' }
`;
      const written = (await meddling(steps))[PR].replace(
        'contents: read # the commit of the pull request\n    steps:',
        'contents: read # the commit of the pull request\n      checks: write\n    steps:',
      );
      const pull = await team.propose('own-check', { ...BAD, [PR]: written });
      await team.settle();
      const made =
        team
          .runs('touchstone-pr')
          .at(-1)
          ?.jobs.flatMap(({ steps }) => steps) ?? [];
      expect(made.find(({ name }) => name === 'Forge')?.conclusion).toBe('success');
      expect(await team.check(pull.headSha)).toMatchObject(REJECTED);
    });
  });

  describe('a judging run that somebody starts', () => {
    const dispatch = async (ref: string, run: string): Promise<void> => {
      const inputs = { run };
      await team.ask(team.author, 'POST', '/actions/workflows/touchstone-judge.yml/dispatches', { ref, inputs });
      await team.settle();
    };
    const lastJobs = (): Readonly<Record<string, string | undefined>> =>
      Object.fromEntries(
        team
          .runs('touchstone-judge')
          .at(-1)
          ?.jobs.map(({ name, conclusion }) => [name, conclusion]) ?? [],
      );
    const logOf = (job: string): string =>
      team
        .runs('touchstone-judge')
        .at(-1)
        ?.jobs.filter(({ name }) => name === job)
        .flatMap(({ steps }) => steps.flatMap(({ log }) => log))
        .join('\n') ?? '';

    it('on a branch with a policy of its own judges nothing, and is refused where the branch edits its guard', async () => {
      const pull = await team.propose('worse', BAD);
      await team.settle();
      const trained = team.runs('touchstone-pr').at(-1)?.id ?? 0;
      const lax = configuration({ ...CHURN, gates: [{ metric: 'accuracy', min: 0.1 }] });
      await team.repository.commit('lax', lax, { message: 'Lax' });
      await dispatch('lax', String(trained));
      expect(lastJobs()).toEqual({ judge: 'skipped', publish: 'skipped' });

      const unguarded = (await workflow('touchstone-judge', answeredBy)).replace(/^ {4}if: >-\n(?: {6}.*\n)+/gm, '');
      await team.repository.commit('lax', {
        [JUDGE]: unguarded.replace('needs: judge\n', 'needs: judge\n    if: always()\n'),
      });
      await dispatch('lax', String(trained));
      expect(lastJobs()).toEqual({ judge: 'failure', publish: 'failure' });
      for (const job of ['judge', 'publish']) expect(logOf(job)).toContain('it runs on refs/heads/lax');
      expect(await team.check(pull.headSha)).toMatchObject(REJECTED);
    });

    it('on a branch where it leaves an answer of its own is not believed', async () => {
      const pull = await team.propose('worse-again', { ...BAD, 'train.mjs': `${TRAIN}// Again\n` });
      await team.settle();
      const trained = team.runs('touchstone-pr').at(-1)?.id ?? 0;
      const before = team.comments(pull);
      await team.repository.commit('forging', {
        [JUDGE]: `name: touchstone-judge
run-name: 'touchstone-judge: run \${{ inputs.run }}'
on: { workflow_dispatch: { inputs: { run: { type: string } } } }
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
${leaving(passing(pull.headSha, trained))}`,
      });
      await dispatch('forging', String(trained));
      const forging = team.runs('touchstone-judge').at(-1);
      expect(forging).toMatchObject({ conclusion: 'success', displayTitle: `touchstone-judge: run ${trained}` });
      expect(team.repository.actions.artifacts.filter(({ run }) => run === forging)).toHaveLength(1);
      expect(await team.check(pull.headSha)).toMatchObject(REJECTED);
      expect(team.comments(pull)).toEqual(before);
    });

    it('takes no run of another workflow, and no number that is none', async () => {
      const pull = await team.propose('other-run', {
        ...BAD,
        '.github/workflows/other.yml': only('      - run: echo trained\n').replace(
          'name: touchstone-pr',
          'name: other',
        ),
      });
      await team.settle();
      const before = team.comments(pull).map(({ body }) => body);
      const other = team.runs('other').at(-1)?.id ?? 0;
      await dispatch('main', String(other));
      expect(lastJobs()).toEqual({ judge: 'failure', publish: 'failure' });
      expect(logOf('publish')).toContain('it is a run of ".github/workflows/other.yml"');
      const judging = team.runs('touchstone-judge').at(-1)?.id ?? 0;
      await dispatch('main', String(judging));
      expect(lastJobs()).toEqual({ judge: 'failure', publish: 'failure' });
      await dispatch('main', '1\n::error::forged $(touch pwned)');
      expect(lastJobs()).toEqual({ judge: 'failure', publish: 'failure' });
      const annotations = team
        .runs('touchstone-judge')
        .flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps.flatMap((step) => step.annotations)));
      expect(annotations.map(({ message }) => message)).not.toContain('forged $(touch pwned)');
      expect(await team.check(pull.headSha)).toMatchObject(REJECTED);
      expect(team.comments(pull).map(({ body }) => body)).toEqual(before);
    });

    it('for a head that was superseded, and that ends last, says nothing below the pull request', async () => {
      const pull = await team.propose('hasty', GOOD);
      await team.settle();
      const superseded = { head: pull.headSha, run: team.runs('touchstone-pr').at(-1)?.id ?? 0 };
      expect(await team.check(superseded.head)).toMatchObject({ conclusion: 'success' });
      await team.push(pull, BAD);
      await team.settle();
      const before = team.comments(pull);
      const older = team.runs('touchstone-judge').at(-2)?.id ?? 0;
      await team.ask(team.author, 'POST', `/actions/runs/${older}/rerun`);
      await team.settle();
      await dispatch('main', String(superseded.run));
      expect(team.comments(pull)).toEqual(before);
      expect(await team.check(pull.headSha)).toMatchObject(REJECTED);
      expect(await team.check(superseded.head)).toMatchObject({ conclusion: 'success' });
    });

    it('for a run that was judged already answers for that run alone', async () => {
      const [bad, good] = [
        await team.propose('bad', BAD),
        await team.propose('good', { ...GOOD, 'train.mjs': `${TRAIN}//\n` }),
      ];
      await team.settle();
      const runOf = (sha: string): string =>
        String(team.runs('touchstone-pr').find(({ origin }) => origin.headSha === sha)?.id);
      // Judging what is good in the name of what is bad: there is no name to give.
      await dispatch('main', runOf(good.headSha));
      expect(await team.check(bad.headSha)).toMatchObject(REJECTED);
      expect(await team.check(good.headSha)).toMatchObject({ conclusion: 'success' });
    });
  });
});
