import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Team } from './team.ts';

const WORSE = { 'touchstone.yml': 'binarise: 12' };

/** The configuration with other parameters for training. */
async function tuned(team: Team, params: string): Promise<{ 'touchstone.yml': string }> {
  const written = await team.repository.run(['show', 'main:touchstone.yml']);
  return { 'touchstone.yml': written.replace(/params: \{.*\}/, `params: { ${params} }`) };
}

describe('a pull request that changes how digits is trained', () => {
  let team: Team;
  beforeAll(async () => {
    team = await Team.open();
    await team.serve();
  });
  afterAll(() => team.close());

  it('is trained, judged and answered; a worse commit fails the check and is told by a new comment; a better one passes again', async () => {
    const pull = await team.propose('stronger', await tuned(team, 'model: logistic, regularisation: 1, binarise: 0'));
    await team.settle();
    const first = await team.check(pull.headSha);
    console.log(team.actions.report(), first, await team.comments(pull));
    expect(first).toMatchObject({ conclusion: 'success' });
  });
});
