import { join } from 'node:path';

import { GitHub } from '../gitHub.ts';
import { Actions } from './actions.ts';

import type { Account } from '../state/account.ts';
import type { StandInRepository } from '../state/repository.ts';
import type { ActionsOptions } from './actions.ts';

/** A stand-in with one repository and its owner, whose workflows run. */
export type World = {
  readonly github: GitHub;
  readonly actions: Actions;
  readonly owner: Account;
  readonly repository: StandInRepository;
  /** Commits workflow files by their names to the default branch. */
  readonly workflows: (files: Readonly<Record<string, string>>) => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function openWorld(options: Partial<ActionsOptions> = {}): Promise<World> {
  const github = await GitHub.start();
  const owner = github.createUser('octocat');
  const repository = await github.createRepository('churn', { owner });
  const actions = new Actions(github, { touchstone: join(import.meta.dirname, '..', '..', '..'), ...options });
  await repository.commit('main', { 'README.md': 'Churn' });
  return {
    github,
    actions,
    owner,
    repository,
    workflows: async (files) => {
      const changes = Object.entries(files).map(([name, text]) => [`.github/workflows/${name}`, text] as const);
      await repository.commit('main', Object.fromEntries(changes));
    },
    close: () => github.close(),
  };
}
