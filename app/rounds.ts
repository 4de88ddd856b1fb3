import type { Probot } from 'probot';
import type { AppClients } from '../src/adapters/github/appClients.ts';
import {
  commentedSince,
  installations,
  readOpenWork,
  redeliverFailed,
  repositoriesOf,
} from '../src/adapters/github/openWork.ts';
import { parseCommand } from '../src/conversation/command.ts';
import type { RepositoryName } from '../src/identity/git.ts';
import type { Hint } from './hints.ts';
import { later, type Later, type Waiting } from './later.ts';
import type { WorkQueue } from './workQueue.ts';

export interface RoundsSurroundings {
  readonly clients: AppClients;
  readonly queue: WorkQueue;
  readonly log: Pick<Probot['log'], 'info' | 'warn'>;
  readonly now: () => Date;
  readonly take: (hint: Hint) => void;
  readonly later?: Later;
}

const HOUR_MS = 3600 * 1000;
/** Commands are obeyed for so long; GitHub lists deliveries for three days. */
const FIRST_LOOK_BACK_MS = 24 * HOUR_MS;
/** Clocks differ, and what happened during a round belongs to the next one too. */
const OVERLAP_MS = 5 * 60_000;

/**
 * Looks at everything on start and every hour: webhooks get lost, and GitHub delivers none a second time by itself. What is
 * right already costs one request or two: see docs/app.md.
 */
export class Rounds {
  readonly #of: RoundsSurroundings;
  #last: Date | undefined;
  #timer: Waiting | undefined;
  #isStopped = false;

  constructor(of: RoundsSurroundings) {
    this.#of = of;
  }

  begin(): void {
    if (this.#isStopped) return;
    this.#round();
    this.#timer = (this.#of.later ?? later)(HOUR_MS, () => this.begin());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** One installation that is new, or may do something new. */
  look(installation: number): void {
    this.#installation(installation, new Date(this.#of.now().getTime() - FIRST_LOOK_BACK_MS));
  }

  #round(): void {
    const { clients, queue, log, now } = this.#of;
    const began = now();
    const since = new Date((this.#last?.getTime() ?? began.getTime() - FIRST_LOOK_BACK_MS) - OVERLAP_MS);
    queue.note({
      ...{ key: 'round', lane: 'round' },
      run: async () => {
        const found = await installations(clients.app);
        for (const id of found) this.#installation(id, since);
        const again = await redeliverFailed(clients.app, since);
        this.#last = began;
        log.info({ installations: found.length, deliveriesAgain: again }, 'looking at everything');
        return {};
      },
    });
  }

  #installation(installation: number, since: Date): void {
    const { clients, queue } = this.#of;
    queue.note({
      ...{ key: `installation ${installation}`, lane: `${installation} round` },
      run: async () => {
        for (const repository of await repositoriesOf(clients.installation(installation))) {
          this.#repository(installation, repository, since);
        }
        return {};
      },
    });
  }

  #repository(installation: number, repository: RepositoryName, since: Date): void {
    const { clients, queue, take } = this.#of;
    const place = { installation, repository };
    queue.note({
      ...{ key: `repository ${repository}`, lane: `${installation} round` },
      run: async () => {
        const client = clients.installation(installation);
        const { judges, pulls, closed, groups } = await readOpenWork(client, repository);
        // Of what was closed a check may still say that it goes on.
        const closedSince = judges ? closed.filter(({ updatedAt }) => updatedAt >= since) : [];
        // Where nothing judges, at most a first configuration is to be answered.
        const wanted = [...pulls.filter(({ updatedAt }) => judges || updatedAt >= since), ...closedSince];
        const isCommand = (body: string): boolean => parseCommand(body).kind !== 'none';
        const commented = judges ? await commentedSince(client, repository, since, isCommand) : [];
        for (const number of new Set([...wanted.map((pull) => pull.number), ...commented])) {
          take({ kind: 'pull', place, number });
        }
        for (const { head: group, branch } of judges ? groups : []) take({ kind: 'group', place, group, branch });
        return {};
      },
    });
  }
}
