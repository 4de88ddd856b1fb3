import { gitHubAnswers } from '../../src/adapters/github/answers.ts';
import { openGitHub, type GitHubClient } from '../../src/adapters/github/gitHubClient.ts';
import { gitHubQueue } from '../../src/adapters/github/mergeQueue.ts';
import {
  applyPublish,
  planPublish,
  type PublishOutcome,
  type PublishPorts,
  type PublishRequest,
} from '../../src/commands/publish.ts';
import { parseCommitSha, parseRepositoryName, type CommitSha } from '../../src/identity/git.ts';
import type { ModelName } from '../../src/identity/names.ts';
import type { HeadOutcome, ModelSection } from '../../src/pullRequest/headJudgement.ts';
import { formatHeadJudgement } from '../../src/pullRequest/headJudgementDocument.ts';
import { PULL_REQUEST_WORKFLOW, type RunFacts } from '../../src/pullRequest/identifyRun.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { GitHub } from '../github/gitHub.ts';
import type { Permissions } from '../github/route.ts';
import type { Comment } from '../github/state/issues.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import type { StandInRepository } from '../github/state/repository.ts';
import { headJudgement } from '../pullRequest/heads.ts';

export const PUBLISHING: Permissions = {
  contents: 'write',
  actions: 'read',
  checks: 'write',
  pull_requests: 'write',
};

const REPOSITORY = parseRepositoryName('octocat/churn');

/** A repository with a pull request whose head was trained, and a job that publishes. */
export class PublishWorld {
  readonly github: GitHub;
  readonly repository: StandInRepository;
  readonly store = new MemoryStore();
  readonly touched = new Map<CommitSha, readonly ModelName[]>();
  #runs = 200;

  static async start(): Promise<PublishWorld> {
    const github = await GitHub.start();
    const owner = github.createUser('octocat');
    const repository = await github.createRepository('churn', { owner });
    await repository.commit('main', { 'README.md': 'Churn' });
    return new PublishWorld(github, repository);
  }

  private constructor(github: GitHub, repository: StandInRepository) {
    this.github = github;
    this.repository = repository;
  }

  async openPull(branch: string, from: StandInRepository = this.repository): Promise<PullRequest> {
    const sha = await from.commit(branch, { [`${branch}.py`]: 'train()' });
    const base = (await this.repository.resolve('main')) ?? '';
    return this.repository.pulls.open({
      title: branch,
      head: { repository: from, ref: branch, sha },
      base: { ref: 'main', sha: base },
      by: { kind: 'user', account: from.owner, token: '' },
    });
  }

  client(permissions: Permissions = PUBLISHING): GitHubClient {
    const token = this.github.token({ workflowOf: this.repository, permissions });
    return openGitHub({ baseUrl: this.github.apiUrl, token, msPerSecond: 1 });
  }

  /** The run that trained a head, as GitHub tells of it. */
  runOf(pull: PullRequest, head: string = pull.headSha): RunFacts {
    return {
      id: 101,
      attempt: 1,
      repository: REPOSITORY,
      path: PULL_REQUEST_WORKFLOW,
      event: 'pull_request',
      head: parseCommitSha(head),
      headBranch: pull.head.ref,
      headRepository: parseRepositoryName(pull.head.repository.fullName),
      status: 'completed',
      conclusion: 'success',
    };
  }

  document(run: RunFacts, outcome: HeadOutcome): Uint8Array {
    const judgement = headJudgement(outcome, {
      repository: run.repository,
      head: run.head,
      trained: { id: run.id, attempt: run.attempt },
    });
    return new TextEncoder().encode(formatHeadJudgement(judgement));
  }

  models(run: RunFacts, first: ModelSection, ...others: readonly ModelSection[]): Uint8Array {
    return this.document(run, { kind: 'models', sections: [first, ...others] });
  }

  request(change: Partial<PublishRequest> = {}): PublishRequest {
    this.#runs += 1;
    const id = this.#runs;
    const site = `${this.github.url}/octocat/churn`;
    return {
      judging: {
        repository: REPOSITORY,
        event: 'workflow_run',
        ref: 'refs/heads/main',
        defaultBranch: 'main',
        id,
        attempt: 1,
      },
      run: 101,
      judged: 'success',
      links: {
        commit: (sha) => `${site}/commit/${sha}`,
        run: (number) => `${site}/actions/runs/${number}`,
        report: () => `${site}/actions/runs/${id}#artifacts`,
      },
      answeredBy: 'job',
      ...change,
    };
  }

  ports(run: RunFacts, change: Partial<PublishPorts> = {}, client = this.client()): PublishPorts {
    return {
      runs: { read: () => Promise.resolve(run) },
      answers: gitHubAnswers(client, REPOSITORY),
      queue: gitHubQueue(client, REPOSITORY),
      touches: (head) => Promise.resolve(this.touched.get(head) ?? []),
      store: () => Promise.resolve(this.store),
      gateLines: () => undefined,
      ...change,
    };
  }

  async publish(run: RunFacts, request: PublishRequest, ports = this.ports(run)): Promise<PublishOutcome> {
    return applyPublish(await planPublish(request, ports), ports);
  }

  commentsOf({ number }: PullRequest): readonly Comment[] {
    return this.repository.issues.commentsOf(number);
  }

  /** What a person sees in the list of checks. */
  checksOf(sha: string): readonly (readonly [conclusion: string | null, title: string | null])[] {
    return this.repository.checks.of(sha, 'all').map(({ conclusion, output }) => [conclusion, output.title]);
  }

  /** How often GitHub was asked, by what it was asked for. */
  counts(): { readonly reads: number; readonly writes: number } {
    const isRead = ({ method, path, body }: GitHub['requests'][number]): boolean =>
      method === 'GET' || (path === '/graphql' && !JSON.stringify(body).includes('mutation'));
    const reads = this.github.requests.filter(isRead).length;
    return { reads, writes: this.github.requests.length - reads };
  }
}
