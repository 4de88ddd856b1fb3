import { join } from 'node:path';

import { GitHub } from '../gitHub.ts';
import { Actions } from './actions.ts';

import type { Account } from '../state/account.ts';
import type { StandInRepository } from '../state/repository.ts';
import type { PullRequest } from '../state/pulls.ts';
import type { WorkflowRun } from '../state/actions.ts';
import type { ActionsOptions, IdleOptions } from './actions.ts';

/** A stand-in with one repository and its owner, whose workflows run. */
export type World = {
  readonly github: GitHub;
  readonly actions: Actions;
  readonly owner: Account;
  readonly repository: StandInRepository;
  /** Commits workflow files by their names to the default branch. */
  readonly workflows: (files: Readonly<Record<string, string>>) => Promise<void>;
  /** Runs one workflow file on a push to the default branch, to its end. */
  readonly run: (file: string, idle?: IdleOptions) => Promise<WorkflowRun>;
  /** Proposes a branch, of a fork where one is named. */
  readonly propose: (branch: string, from?: StandInRepository) => Promise<PullRequest>;
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
    run: async (file, idle) => {
      await repository.commit('main', { '.github/workflows/w.yml': file });
      await actions.idle(idle);
      const run = repository.actions.runs.at(-1);
      if (run === undefined) throw new Error('No workflow was started');
      return run;
    },
    propose: async (branch, from = repository) => {
      const sha = await from.resolve(branch);
      const base = await repository.resolve('main');
      if (sha === undefined || base === undefined) throw new Error(`No branch ${branch}`);
      return repository.pulls.open({
        title: `Propose ${branch}`,
        head: { repository: from, ref: branch, sha },
        base: { ref: 'main', sha: base },
        by: { kind: 'user', account: from.owner, token: '' },
      });
    },
    close: () => github.close(),
  };
}
