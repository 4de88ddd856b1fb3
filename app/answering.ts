import type { Probot } from 'probot';
import type { AppClients } from '../src/adapters/github/appClients.ts';
import { pullsOfCommit } from '../src/adapters/github/openWork.ts';
import { LastOnes } from '../src/adapters/github/lastOnes.ts';
import type { KeptAnswers } from '../src/adapters/github/recordedAnswers.ts';
import { answerGroup } from '../src/commands/answerGroup.ts';
import { followHead } from '../src/commands/followHead.ts';
import { pressButton } from '../src/commands/pressButton.ts';
import { reconcilePull } from '../src/commands/reconcilePull.ts';
import type { CommitSha, RepositoryName } from '../src/identity/git.ts';
import type { Hint, Place } from './hints.ts';
import { repositoryPorts, type RepositoryPorts } from './repositoryPorts.ts';
import type { Work, WorkQueue } from './workQueue.ts';

export interface AnsweringSurroundings {
  readonly clients: AppClients;
  readonly queue: WorkQueue;
  readonly log: Pick<Probot['log'], 'debug' | 'info' | 'warn' | 'error'>;
  readonly now: () => Date;
  readonly appId: number;
  /** Where people look at GitHub, without a slash at its end. */
  readonly webUrl: string;
  readonly keptAnswers: KeptAnswers;
  readonly onWrites: (writes: number) => void;
}

/** Repositories, and runs, that are remembered: what is not is asked for again. */
const MOST_REMEMBERED = 10_000;
const MOST_REPOSITORIES = 1000;

/** Turns hints into work: what a hint is about is made right, whatever the hint said. */
export class Answering {
  readonly #of: AnsweringSurroundings;
  readonly #ports = new LastOnes<RepositoryPorts>(MOST_REPOSITORIES);
  /** Heads by the run that trained them. */
  readonly #headOfRun = new LastOnes<CommitSha>(MOST_REMEMBERED);
  /** Pull requests by the head that they were seen with. */
  readonly #pullsOfHead = new LastOnes<ReadonlyMap<number, boolean>>(MOST_REMEMBERED);
  /** Deliveries whose button was seen to. */
  readonly #pressed = new LastOnes<true>(MOST_REMEMBERED);
  readonly #begun = new LastOnes<true>(MOST_REMEMBERED);

  constructor(of: AnsweringSurroundings) {
    this.#of = of;
  }

  /** @param delivery its number, the same where GitHub delivers it again. */
  take(hint: Hint, delivery?: string): void {
    const work = this.#workOf(hint, delivery);
    if (work !== undefined) this.#of.queue.note(work);
  }

  #workOf(hint: Hint, delivery: string | undefined): Work | undefined {
    switch (hint.kind) {
      case 'pull':
        return this.#pull(hint.place, hint.number);
      case 'command':
        this.#of.queue.note(this.#see(hint.place, hint.comment));
        return this.#pull(hint.place, hint.number);
      case 'run': {
        const { place, run } = hint;
        const head = this.#headOfRun.get(`${place.repository} ${run}`);
        return head === undefined ? this.#run(place, run) : this.#workOf({ kind: 'head', place, head }, delivery);
      }
      case 'head': {
        const known = this.#pullsOfHead.get(`${hint.place.repository} ${hint.head}`);
        if (known === undefined) return this.#head(hint);
        for (const number of whoWait(known)) this.#of.queue.note(this.#pull(hint.place, number));
        return undefined;
      }
      case 'press':
        return this.#press(hint, delivery);
      case 'group':
        return this.#group(hint);
      case 'installation':
        // Rounds look at all of it.
        return undefined;
    }
  }

  #pull(place: Place, number: number): Work {
    const key = `pull ${place.repository}#${number}`;
    return {
      ...{ key, lane: laneOf(place) },
      run: async () => {
        const found = await reconcilePull(number, this.#portsOf(place));
        if (found.kind === 'unknown') return {};
        const { progress, writes, lookAgainMs, pull } = found;
        const head = `${place.repository} ${pull.head}`;
        const ofHead = new Map([...(this.#pullsOfHead.get(head) ?? []), [number, pull.state === 'open']]);
        this.#pullsOfHead.set(head, ofHead);
        // The check is of the commit: what is closed has no say in it while another one is open.
        if (pull.state === 'closed' && writes > 0) {
          for (const other of whoWait(ofHead)) if (other !== number) this.take({ kind: 'pull', place, number: other });
        }
        if ('run' in progress) this.#headOfRun.set(`${place.repository} ${progress.run.id}`, pull.head);
        this.#of.onWrites(writes);
        this.#of.log.info({ work: key, head: pull.head, stands: progress.kind, writes, lookAgainMs }, 'right');
        return { againMs: lookAgainMs };
      },
    };
  }

  /** At once, and beside whatever else is done for the pull request: whoever asks sees that it was heard. */
  #see(place: Place, comment: number): Work {
    return {
      ...{ key: `see ${place.repository} ${comment}`, lane: `${laneOf(place)} see` },
      run: async () => {
        await this.#portsOf(place).see(comment);
        return {};
      },
    };
  }

  /** A run of which nobody knows the pull request. */
  #run(place: Place, run: number): Work {
    return {
      ...{ key: `run ${place.repository} ${run}`, lane: laneOf(place) },
      run: async () => {
        const { head, headBranch: branch, headRepository: from, event } = await this.#portsOf(place).actions.read(run);
        if (event !== 'pull_request') return {};
        this.take({ kind: 'head', place, head, ...(branch !== undefined && { branch }), ...(from && { from }) });
        return {};
      },
    };
  }

  #head(hint: Extract<Hint, { kind: 'head' }>): Work {
    const { place, head } = hint;
    return {
      ...{ key: `head ${place.repository} ${head}`, lane: laneOf(place) },
      run: async () => {
        const client = this.#of.clients.installation(place.installation);
        const pulls = await pullsOfCommit(client, place.repository, hint);
        for (const number of whoWait(pulls)) this.take({ kind: 'pull', place, number });
        return {};
      },
    };
  }

  #press(hint: Extract<Hint, { kind: 'press' }>, delivery: string | undefined): Work | undefined {
    const { place, head, button, by } = hint;
    if (delivery !== undefined) {
      if (this.#pressed.get(delivery)) return undefined;
      this.#pressed.set(delivery, true);
    }
    return {
      ...{ key: `press ${place.repository} ${head} ${button} ${by}`, lane: laneOf(place) },
      run: async () => {
        const ports = this.#portsOf(place);
        const client = this.#of.clients.installation(place.installation);
        const pulls = await pullsOfCommit(client, place.repository, { head });
        for (const number of pulls.keys()) {
          const pull = await ports.pulls.read(number);
          if (pull?.head !== head) continue;
          const pressed = await pressButton({ button, by }, pull, await followHead(pull, ports), ports);
          this.#of.log.info({ work: `press ${button}`, repository: place.repository, head, by, pressed }, 'pressed');
          // A check that GitHub has reset says nothing any more, whatever became of the press.
          this.take({ kind: 'pull', place, number });
          if (pressed.kind === 'done') break;
        }
        return {};
      },
    };
  }

  #group({ place, group, branch }: Extract<Hint, { kind: 'group' }>): Work {
    const key = `group ${place.repository} ${group}`;
    return {
      ...{ key, lane: laneOf(place) },
      run: async () => {
        const done = await answerGroup(group, branch, this.#portsOf(place));
        this.#of.log.info({ work: key, done }, 'right');
        return {};
      },
    };
  }

  #portsOf({ installation, repository }: Place): RepositoryPorts {
    const { clients, appId, webUrl, now, keptAnswers } = this.#of;
    const key = `${installation} ${repository}`;
    const known = this.#ports.get(key);
    if (known !== undefined) return known;
    const begun = this.#begun;
    const made = repositoryPorts({
      ...{ appId, webUrl, now, keptAnswers, repository },
      client: clients.installation(installation),
      begun: {
        has: (reply) => begun.get(idOf(repository, reply)) === true,
        add: (reply) => begun.set(idOf(repository, reply), true),
      },
    });
    this.#ports.set(key, made);
    return made;
  }
}

/** Pull requests by whether they are open: of one head those that are, or where none is, all. */
function whoWait(pulls: ReadonlyMap<number, boolean>): readonly number[] {
  const open = [...pulls].filter(([, isOpen]) => isOpen).map(([number]) => number);
  return open.length > 0 ? open : [...pulls.keys()];
}

function idOf(repository: RepositoryName, reply: number): string {
  return `${repository} ${reply}`;
}

function laneOf({ installation }: Place): string {
  return String(installation);
}
