import type { Json } from '../route.ts';
import { type Account, nodeId } from './account.ts';
import type { StandInRepository } from './repository.ts';

type DeploymentState = 'error' | 'failure' | 'inactive' | 'in_progress' | 'queued' | 'pending' | 'success';

export interface DeploymentStatus {
  readonly id: number;
  readonly state: DeploymentState;
  readonly author: Account;
  readonly description: string;
  readonly logUrl: string;
  readonly environment: string;
  readonly environmentUrl: string;
  readonly createdAt: string;
}

/** A commit that is to serve in an environment. */
export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly payload: unknown;
  readonly description: string | null;
  readonly isTransient: boolean;
  readonly isProduction: boolean;
  readonly author: Account;
  readonly createdAt: string;
  readonly statuses: DeploymentStatus[];
}

export class Deployments {
  readonly all: Deployment[] = [];
  readonly #repository: StandInRepository;

  constructor(repository: StandInRepository) {
    this.#repository = repository;
  }

  create(made: Omit<Deployment, 'id' | 'createdAt' | 'statuses'>): Deployment {
    const { github } = this.#repository;
    const deployment = { ...made, id: github.nextId('deployment'), createdAt: github.time(), statuses: [] };
    this.all.push(deployment);
    return deployment;
  }

  /** Says how it goes. Where it succeeded, earlier ones of its environment that are neither transient nor production are over. */
  setStatus(
    deployment: Deployment,
    made: Omit<DeploymentStatus, 'id' | 'createdAt'>,
    isAutoInactive: boolean,
  ): DeploymentStatus {
    const { github } = this.#repository;
    const stamp = (status: Omit<DeploymentStatus, 'id' | 'createdAt'>): DeploymentStatus => ({
      ...status,
      id: github.nextId('deployment status'),
      createdAt: github.time(),
    });
    const status = stamp(made);
    deployment.statuses.push(status);
    if (status.state === 'success' && isAutoInactive) {
      for (const earlier of this.all) {
        const isOver =
          earlier.id < deployment.id &&
          earlier.environment === deployment.environment &&
          !earlier.isTransient &&
          !earlier.isProduction;
        if (isOver && earlier.statuses.at(-1)?.state === 'success')
          earlier.statuses.push(stamp({ ...made, state: 'inactive' }));
      }
    }
    return status;
  }

  url(deployment: Deployment): string {
    return `${this.#repository.url}/deployments/${deployment.id}`;
  }

  /** `deployment` in GitHub's description. */
  json(deployment: Deployment): Json {
    const url = this.url(deployment);
    return {
      url,
      id: deployment.id,
      node_id: nodeId('DE', deployment.id),
      sha: deployment.sha,
      ref: deployment.ref,
      task: deployment.task,
      payload: deployment.payload,
      original_environment: deployment.environment,
      environment: deployment.environment,
      description: deployment.description,
      creator: deployment.author.json,
      created_at: deployment.createdAt,
      updated_at: deployment.statuses.at(-1)?.createdAt ?? deployment.createdAt,
      statuses_url: `${url}/statuses`,
      repository_url: this.#repository.url,
      transient_environment: deployment.isTransient,
      production_environment: deployment.isProduction,
    };
  }

  /** `deployment-status` in GitHub's description. */
  statusJson(deployment: Deployment, status: DeploymentStatus): Json {
    const url = this.url(deployment);
    return {
      url: `${url}/statuses/${status.id}`,
      id: status.id,
      node_id: nodeId('DES', status.id),
      state: status.state,
      creator: status.author.json,
      description: status.description,
      environment: status.environment,
      target_url: status.logUrl,
      created_at: status.createdAt,
      updated_at: status.createdAt,
      deployment_url: url,
      repository_url: this.#repository.url,
      environment_url: status.environmentUrl,
      log_url: status.logUrl,
    };
  }
}
