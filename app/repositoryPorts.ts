import { gitHubAnswers } from '../src/adapters/github/answers.ts';
import type { GitHubClient } from '../src/adapters/github/gitHubClient.ts';
import { gitHubHeadJudgings } from '../src/adapters/github/headJudgings.ts';
import { gitHubQueue } from '../src/adapters/github/mergeQueue.ts';
import { gitHubPeople } from '../src/adapters/github/people.ts';
import { gitHubPullReader } from '../src/adapters/github/pullReader.ts';
import {
  gitHubOverrideResults,
  gitHubRecordedAnswers,
  type KeptAnswers,
} from '../src/adapters/github/recordedAnswers.ts';
import { gitHubTrainingRuns } from '../src/adapters/github/trainingRuns.ts';
import { gitHubWorkflowOrders, type WorkflowOrders } from '../src/adapters/github/workflowOrders.ts';
import type { AnswerGroupPorts } from '../src/commands/answerGroup.ts';
import type { EffectPorts } from '../src/commands/carryOn.ts';
import type { ReconcilePorts } from '../src/commands/reconcilePull.ts';
import { DEFAULT_RIGHTS } from '../src/config/commandRights.ts';
import type { CommandRights } from '../src/config/config.ts';
import { readGateLines } from '../src/config/gateLines.ts';
import { parseConfig } from '../src/config/parseConfig.ts';
import { UserMistake } from '../src/failure.ts';
import { splitRepositoryName, type RepositoryName } from '../src/identity/git.ts';
import type { Links } from '../src/pullRequest/commentText.ts';
import { runOf } from '../src/conversation/situation.ts';
import { readJudgingWorkflow } from '../src/pullRequest/judgingWorkflow.ts';
import type { RulingBranch } from '../src/pullRequest/pullFacts.ts';

export type RepositoryPorts = ReconcilePorts & AnswerGroupPorts & { readonly orders: WorkflowOrders };

export interface RepositorySurroundings {
  readonly client: GitHubClient;
  readonly repository: RepositoryName;
  readonly appId: number;
  /** Where people look at GitHub, without a slash at its end. */
  readonly webUrl: string;
  readonly now: () => Date;
  /** Shared by all repositories. */
  readonly keptAnswers: KeptAnswers;
  readonly begun: ReconcilePorts['begun'];
}

/** All that answering in one repository asks of GitHub. */
export function repositoryPorts(of: RepositorySurroundings): RepositoryPorts {
  const { client, repository, now, begun } = of;
  const place = splitRepositoryName(repository);
  const runs = gitHubTrainingRuns(client, repository, now);
  const judgings = gitHubHeadJudgings(client, repository);
  const orders = gitHubWorkflowOrders(client, repository);
  return {
    ...{ now, repository, begun, runs, judgings, orders },
    links: linksTo(of),
    pulls: gitHubPullReader(client, repository, { appId: of.appId, now }),
    answers: gitHubRecordedAnswers(client, repository, { kept: of.keptAnswers }),
    answersOf: gitHubAnswers(client, repository),
    people: gitHubPeople(client, repository),
    queue: gitHubQueue(client, repository),
    actions: { ...orders, read: (run) => runs.read(run) },
    overrides: overridesOf(of, judgings),
    rights: rightsOf,
    gateLines: gateLinesOf,
    async jobsOf(progress) {
      if (progress.kind === 'training') return progress.jobs;
      const run = runOf(progress);
      return run === undefined ? [] : runs.jobs(run);
    },
    async see(comment) {
      await client.rest.reactions.createForIssueComment({ ...place, comment_id: comment, content: 'eyes' });
    },
  };
}

function linksTo({ webUrl, repository }: RepositorySurroundings): Links {
  const site = `${webUrl}/${repository}`;
  return {
    commit: (sha) => `${site}/commit/${sha}`,
    run: (number) => `${site}/actions/runs/${number}`,
    report: (judging) => `${site}/actions/runs/${judging}#artifacts`,
  };
}

function overridesOf(
  { client, repository }: RepositorySurroundings,
  judgings: ReconcilePorts['judgings'],
): EffectPorts['overrides'] {
  const results = gitHubOverrideResults(client, repository);
  return {
    async of(comment, run, ruling) {
      const found = (await judgings.of(run, ruling)).find((judging) => judging.comment === comment);
      if (found === undefined) return undefined;
      const { url } = found;
      if (found.status !== 'completed') return { kind: 'running', url };
      const result = await results.read(found);
      if (result?.comment !== comment) {
        return { kind: 'over', url, done: false, sentence: 'The run that was to put it on record failed.' };
      }
      const { sentence, outcome } = result;
      const code = outcome === 'refused' ? result.code : outcome;
      return { kind: 'over', url, done: outcome === 'done', code, sentence };
    },
  };
}

/** Where the configuration cannot be read, nobody has more rights than without one. */
function rightsOf({ config, judging }: RulingBranch): CommandRights {
  if (config === undefined) return DEFAULT_RIGHTS;
  const shown = (judging === undefined ? undefined : readJudgingWorkflow(judging)?.config) ?? 'touchstone.yml';
  try {
    return parseConfig(config, { file: `/${shown}`, root: '/', shown }).config.commands;
  } catch (error) {
    if (error instanceof UserMistake) return DEFAULT_RIGHTS;
    throw error;
  }
}

function gateLinesOf({ config, judging }: RulingBranch): ReturnType<ReconcilePorts['gateLines']> {
  const path = (judging === undefined ? undefined : readJudgingWorkflow(judging)?.config) ?? 'touchstone.yml';
  const lines = readGateLines(config ?? '');
  return (model, finding) => {
    const line = lines(model, finding);
    return line === undefined ? undefined : { path, line };
  };
}
