import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gitHubAnswers } from '../adapters/github/answers.ts';
import type { GitHubClient } from '../adapters/github/gitHubClient.ts';
import { gitHubQueue } from '../adapters/github/mergeQueue.ts';
import { pathInside } from '../adapters/pathInside.ts';
import {
  applyPublish,
  planPublish,
  type PublishOutcome,
  type PublishPorts,
  type PublishRequest,
} from '../commands/publish.ts';
import { UserMistake } from '../failure.ts';
import type { CommitSha } from '../identity/git.ts';
import type { GateLines } from '../pullRequest/checkAnnotations.ts';
import type { RunFacts } from '../pullRequest/identifyRun.ts';
import type { Process, Terminal } from './terminal.ts';

export interface PublishBenchRequest extends PublishRequest {
  /** The commit of the default branch that is checked out here. */
  readonly policyCommit: CommitSha;
  /** Path of the configuration, relative to the checkout; `touchstone.yml` unless told. */
  readonly config?: string;
  /** The run as this run's own event tells of it; asked of the API where it does not. */
  readonly told?: RunFacts;
  /** For a registry that lies on GitHub. */
  readonly token: string;
}

/** Answers the head of a run in a checkout of the default branch. What is seldom needed is loaded when it is. */
export async function publishRun(
  request: PublishBenchRequest,
  gitHub: GitHubClient,
  process: Process,
  terminal: Terminal,
): Promise<PublishOutcome> {
  const { judging, policyCommit, told } = request;
  const { repository } = judging;
  const file = path.resolve(process.cwd, request.config ?? 'touchstone.yml');
  const folder = pathInside(process.cwd, path.dirname(file));
  if (folder === undefined) {
    throw new UserMistake('input-invalid', {
      where: 'input "config"',
      found: `"${request.config ?? ''}" leads out of the checkout`,
      expected: 'a path inside of it',
    });
  }
  const ports: PublishPorts = {
    runs: {
      async read(id) {
        if (told?.id === id) return told;
        const { gitHubRuns } = await import('../adapters/github/runs.ts');
        return gitHubRuns(gitHub, repository).read(id);
      },
    },
    answers: gitHubAnswers(gitHub, repository),
    queue: gitHubQueue(gitHub, repository),
    async touches(head) {
      const { findChanges } = await import('../commands/findChanges.ts');
      const { gitHubObjects } = await import('../adapters/github/gitObjects.ts');
      const place = { folder, name: path.basename(file), root: path.dirname(file) };
      const { touched } = await findChanges({ ruling: policyCommit, head, place }, gitHubObjects(gitHub, repository));
      return [...touched.touched, ...touched.added, ...touched.removed.map(({ model }) => model)];
    },
    async store() {
      const { readConfig } = await import('../adapters/configFile.ts');
      const { openStore } = await import('./openStore.ts');
      const config = await readConfig({ cwd: process.cwd, path: file });
      const env = { ...process.env, GITHUB_TOKEN: request.token };
      return openStore({ env, now: process.now }, config, (line) => terminal.progress(line));
    },
    gateLines: await gateLinesOf(file, path.posix.join(folder.split(path.sep).join('/'), path.basename(file))),
  };
  return applyPublish(await planPublish(request, ports), ports);
}

/** Read when a line is asked for: most heads have nothing that blocks. */
async function gateLinesOf(file: string, shown: string): Promise<GateLines> {
  const { readGateLines } = await import('../config/gateLines.ts');
  let lines: ReturnType<typeof readGateLines> | undefined;
  return (model, finding) => {
    lines ??= readGateLines(textOf(file));
    const line = lines(model, finding);
    return line === undefined ? undefined : { path: shown, line };
  };
}

/** Without a configuration nothing stands on a line. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
