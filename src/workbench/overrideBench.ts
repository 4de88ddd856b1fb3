import path from 'node:path';
import { readConfig } from '../adapters/configFile.ts';
import { gitHubCommandComments } from '../adapters/github/commandComments.ts';
import type { GitHubClient } from '../adapters/github/gitHubClient.ts';
import { gitHubJudgingRuns } from '../adapters/github/judgingRuns.ts';
import { gitHubPeople } from '../adapters/github/people.ts';
import { gitHubPulls } from '../adapters/github/pulls.ts';
import { gitHubRecordedAnswers } from '../adapters/github/recordedAnswers.ts';
import { gitHubRuns } from '../adapters/github/runs.ts';
import { pathInside } from '../adapters/pathInside.ts';
import { override, type OverrideOutcome, type OverridePorts, type OverrideRequest } from '../commands/override.ts';
import { DEFAULT_RIGHTS } from '../config/commandRights.ts';
import type { CommandRights, Config } from '../config/config.ts';
import { UserMistake } from '../failure.ts';
import { JUDGE_WORKFLOW } from '../pullRequest/judgingRuns.ts';
import type { RegistryStore } from '../registry/store.ts';
import { openStore } from './openStore.ts';
import type { Process, Terminal } from './terminal.ts';

export type { OverrideOutcome } from '../commands/override.ts';

export interface OverrideBenchRequest extends OverrideRequest {
  /** Path of the configuration, relative to the checkout; `touchstone.yml` unless told. */
  readonly config?: string;
  /** For a registry that lies on GitHub. */
  readonly token: string;
}

/** Takes the word of a comment in a checkout of the default branch, whose configuration says who may give it. */
export async function overrideRun(
  request: OverrideBenchRequest,
  gitHub: GitHubClient,
  process: Process,
  terminal: Terminal,
): Promise<OverrideOutcome> {
  const { repository, defaultBranch } = request.asking;
  const config = configOf(request, process);
  let opened: RegistryStore | undefined;
  const ports: OverridePorts = {
    runs: gitHubRuns(gitHub, repository),
    comments: gitHubCommandComments(gitHub, repository),
    pulls: gitHubPulls(gitHub, repository),
    people: gitHubPeople(gitHub, repository),
    rights: () => rightsOf(config),
    // Overrides themselves are in the registry.
    judgingRuns: gitHubJudgingRuns(gitHub, repository, defaultBranch, [JUDGE_WORKFLOW]),
    answers: gitHubRecordedAnswers(gitHub, repository),
    async store() {
      const env = { ...process.env, GITHUB_TOKEN: request.token };
      opened ??= openStore({ env, now: process.now }, await config(), (line) => terminal.progress(line));
      return opened;
    },
    now: process.now,
  };
  return override(request, ports);
}

/** Read when something of it is asked for first, and once. */
function configOf({ config: written }: OverrideBenchRequest, { cwd }: Process): () => Promise<Config> {
  const file = path.resolve(cwd, written ?? 'touchstone.yml');
  if (pathInside(cwd, path.dirname(file)) === undefined) {
    throw new UserMistake('input-invalid', {
      where: 'input "config"',
      found: `"${written ?? ''}" leads out of the checkout`,
      expected: 'a path inside of it',
    });
  }
  let reading: Promise<Config> | undefined;
  return () => (reading ??= readConfig({ cwd, path: file }));
}

/** Where the configuration cannot be read, nobody has more rights than they have without one. */
async function rightsOf(config: () => Promise<Config>): Promise<CommandRights> {
  try {
    return (await config()).commands;
  } catch (error) {
    if (!(error instanceof UserMistake)) throw error;
    return DEFAULT_RIGHTS;
  }
}
