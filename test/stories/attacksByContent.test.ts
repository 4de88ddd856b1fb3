import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { BAD, CHURN, configuration, GOOD, quickTeam, rows, TRAIN, weighing } from './quickTeam.ts';
import { ANSWERERS, type Team } from './team.ts';

const LAX = { ...CHURN, metrics: ['accuracy'], gates: [{ metric: 'accuracy', min: 0.1 }] };

const TEXT = '</details><img src=x>|`b`![i](http://e.vil/x)@octocat #1';
const COMMAND = '::error::forged';

describe.each(ANSWERERS)('where the %s answers,', (answeredBy) => {
  let team: Team;
  beforeAll(async () => {
    team = await quickTeam({}, { answeredBy });
  });
  afterAll(() => team.close());

  describe('a pull request that would choose its judge', () => {
    it('by gates, metrics and a schema of its own is judged by those of the default branch, and told the difference', async () => {
      const pull = await team.propose('lax-gates', {
        ...BAD,
        ...configuration(LAX),
        'schema.yml': stringify({
          version: 1,
          columns: { a: 'integer', b: 'integer', y: 'string', z: { type: 'integer', required: false } },
        }),
      });
      await team.settle();
      expect(await team.check(pull.headSha)).toMatchObject({
        conclusion: 'failure',
        title: expect.stringContaining('churn rejected: accuracy 0.600 (≥ 0.9)') as string,
      });
      expect(team.comments(pull).at(-1)?.body).toMatch(/recall/);
    });

    it('by a holdout of its own is judged on the rows of the default branch', async () => {
      const easy =
        'a,b,y\n' + Array.from({ length: 200 }, (_, row) => `${1000 + row},1,yes\n${row},5000,no`).join('\n');
      const pull = await team.propose('easy-rows', { ...BAD, 'data/holdout.csv': `${easy}\n` });
      await team.settle();
      expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'failure' });
      expect(team.comments(pull).at(-1)?.body).toContain('800 rows');
    });

    it('by a base with a lax policy gets the answer that main gives, and keeps it when it is retargeted', async () => {
      await team.repository.commit('lax', configuration(LAX), { message: 'Lax', author: team.author });
      const files = { ...BAD, ...configuration(LAX) };
      const pull = await team.propose('for-lax', files, { into: 'lax' });
      await team.settle();
      const rejected = { conclusion: 'failure', title: expect.stringContaining('churn rejected') as string };
      expect(await team.check(pull.headSha)).toMatchObject(rejected);
      await team.ask(team.author, 'PATCH', `/pulls/${pull.number}`, { base: 'main' });
      await team.settle();
      expect(await team.check(pull.headSha)).toMatchObject(rejected);
    });
  });

  describe('hostile names', () => {
    it('of branch, files, classes, slices, metrics and claims act nowhere', async () => {
      const yes = `yes ${TEXT}\u202e\u0007`;
      const second = {
        ...CHURN,
        positive: yes,
        classes: ['no', yes],
        data: { train: 'hostile/*.csv', holdout: 'hostile-holdout.csv' },
        train: {
          ...CHURN.train,
          command: ['node', 'claims.mjs'],
          inputs: ['claims.mjs', 'model.bin', 'odd/**'],
        },
        slices: [{ name: `old ${TEXT} ${COMMAND}`, where: 'a > 500' }],
        metrics: ['accuracy', `recall[${yes}]`],
        gates: [
          { metric: 'accuracy', min: 0.99, slice: `old ${TEXT} ${COMMAND}` },
          { metric: `recall[${yes}]`, min: 0.99 },
        ],
      };
      const labelled = (from: number, to: number): string => rows(from, to).replaceAll(/,yes$/gm, `,"${yes}"`);
      const claims = `${TRAIN}
import { writeFileSync } from 'node:fs';
const text = ${JSON.stringify(`${TEXT}\n${COMMAND}`)};
writeFileSync(process.env.TOUCHSTONE_OUTPUT_DIR + '/metrics.json', JSON.stringify({ [text]: 1, accuracy: text }));
console.log(text);
`;
      const pull = await team.propose('a$(touch${IFS}pwned)`touch${IFS}pwned`;"<img/src=x>|@octocat#1', {
        ...BAD,
        ...configuration(CHURN, { second }),
        'claims.mjs': claims,
        'odd/$(touch pwned)`touch pwned`.txt': 'odd',
        [`odd/${COMMAND} <img src=x> @octocat | .txt`]: 'odd',
        'odd/-rf --help.txt': 'odd',
        'hostile/$(touch pwned) <script> | `b`.csv': labelled(0, 400),
        'hostile-holdout.csv': labelled(400, 1200),
      });
      await team.settle();

      const check = await team.check(pull.headSha);
      const [comment, ...others] = team.comments(pull);
      expect(others).toEqual([]);
      expect(check).toMatchObject({
        conclusion: 'failure',
        title: expect.stringContaining('churn rejected') as string,
      });
      const body = comment?.body ?? '';
      // It was not left out: what is foreign is told, as text.
      expect(body).toContain('second');
      expect(body).toContain('octocat');
      for (const shown of [body, check?.summary ?? '', check?.text ?? '']) {
        const acting = outsideCode(shown);
        expect(acting).not.toMatch(/<img|<script|!\[i|@octocat|http:\/\/e\.vil/);
        expect(acting.match(/<details>/g)?.length).toBe(acting.match(/<\/details>/g)?.length);
        expect(shown).not.toMatch(/[\u202e\u0007]/);
      }
      const steps = team.actions.runsOf(team.repository).flatMap(({ jobs }) => jobs.flatMap((job) => job.steps));
      expect(steps.flatMap(({ annotations }) => annotations).map(({ message }) => message)).not.toContain('forged');
      for (const { summary } of steps) expect(outsideCode(summary)).not.toMatch(/<script|<img|!\[i|@octocat/);
      expect(await team.machineFiles('pwned')).toEqual([]);
    });
  });

  describe('a comment that carries our marker', () => {
    it('and was written by somebody else is neither edited nor believed', async () => {
      const pull = await team.propose('marked', GOOD);
      await team.settle();
      const [ours] = team.comments(pull);
      const forged = (ours?.body ?? '').replace('accepted', 'accepted by Mallory');
      await team.ask(team.author, 'POST', `/issues/${pull.number}/comments`, { body: forged });
      await team.push(pull, { 'model.bin': weighing(0.2) });
      await team.settle();
      const comments = team.comments(pull);
      expect(comments.map(({ author, minimised }) => [author, minimised])).toEqual([
        [team.bot, true],
        ['grace', false],
        [team.bot, false],
      ]);
      expect(comments[1]?.body).toBe(forged);
      expect(comments[2]?.body).toContain('churn rejected');
    });
  });
});

/** The Markdown less its code and its first line, which is ours: what GitHub may take for more than text. */
function outsideCode(text: string): string {
  return text
    .replace(/^<!-- touchstone:comment .*\n/, '')
    .replace(/^ *(`{3,})text\n[\s\S]*?\n *\1$/gm, '')
    .replace(/`[^`\n]*`/g, '');
}
