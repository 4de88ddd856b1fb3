import type { Actor } from '../actor.ts';
import { eventCommit, readCommit } from './commits.ts';
import { type PullRequest, mergedTree } from './pulls.ts';
import type { Account } from './account.ts';
import { requiredChecks } from './requiredChecks.ts';
import { NO_COMMIT, type StandInRepository } from './repository.ts';

type Person = Actor & { readonly account: Account };

/** A pull request that waits to be merged, with everything that waits before it. */
export interface QueueEntry {
  readonly pull: PullRequest;
  /** `refs/heads/gh-readonly-queue/main/pr-1-<base>`. */
  readonly headRef: string;
  readonly headSha: string;
  readonly baseRef: string;
  /** What it is built on: the branch, or the entry before. */
  readonly baseSha: string;
}

/** The merge queue of a branch: each entry is a commit of its own on top of the one before. */
export class MergeQueue {
  readonly entries: QueueEntry[] = [];
  readonly #repository: StandInRepository;

  constructor(repository: StandInRepository) {
    this.#repository = repository;
  }

  /** Puts a pull request at the end, and asks for its checks. */
  async enqueue(pull: PullRequest, by: Person): Promise<QueueEntry> {
    const repository = this.#repository;
    const branch = pull.base.ref;
    const ahead = this.entries.filter(({ baseRef }) => baseRef === `refs/heads/${branch}`).at(-1);
    const baseSha = ahead?.headSha ?? (await repository.resolve(`refs/heads/${branch}`)) ?? pull.base.sha;
    const tree = await mergedTree(repository, baseSha, pull.headSha);
    if (tree === undefined) throw new Error(`Pull request ${pull.number} conflicts with what is queued before it`);
    const headSha = await repository.writeCommit(tree, [baseSha, pull.headSha], {
      message: `Merge pull request #${pull.number} from ${pull.head.repository.owner.login}/${pull.head.ref}\n\n${pull.title}`,
      author: by.account,
    });
    const headRef = `refs/heads/gh-readonly-queue/${branch}/pr-${pull.number}-${baseSha}`;
    const entry: QueueEntry = { pull, headRef, headSha, baseRef: `refs/heads/${branch}`, baseSha };
    this.entries.push(entry);
    await repository.run(['update-ref', headRef, headSha, NO_COMMIT]);
    await this.#tell(entry, 'checks_requested', by);
    return entry;
  }

  /** Merges what has passed the required checks, takes out what failed them, and lets the rest wait; as GitHub does unasked. */
  async advance(by: Person): Promise<void> {
    for (let first = this.entries[0]; first; first = this.entries[0]) {
      const found = requiredChecks(this.#repository, first.pull.base.ref, first.headSha);
      if (found.some(({ standing }) => standing === 'failed')) await this.remove(first, by);
      else if (found.every(({ standing }) => standing === 'passed')) await this.merge(first, by);
      else return;
    }
  }

  /** The checks of an entry, and so of all before it, have passed: the base moves to it. */
  async merge(entry: QueueEntry, by: Person): Promise<void> {
    const merged = this.entries.splice(0, this.entries.indexOf(entry) + 1);
    await this.#repository.moveRef(entry.baseRef, entry.headSha, { by });
    for (const gone of merged) await this.#leave(gone, 'merged', by);
  }

  /** An entry's checks failed, or it was taken out: it leaves, and those behind it are built anew. */
  async remove(entry: QueueEntry, by: Person, reason: 'dequeued' | 'invalidated' = 'dequeued'): Promise<void> {
    const at = this.entries.indexOf(entry);
    const [gone, ...behind] = this.entries.splice(at);
    if (gone) await this.#leave(gone, reason, by);
    for (const later of behind) await this.#leave(later, 'invalidated', by);
    for (const later of behind) await this.enqueue(later.pull, by);
  }

  async #leave(entry: QueueEntry, reason: 'merged' | 'invalidated' | 'dequeued', by: Actor): Promise<void> {
    await this.#repository.run(['update-ref', '-d', entry.headRef]);
    await this.#tell(entry, 'destroyed', by, reason);
  }

  async #tell(entry: QueueEntry, action: string, by: Actor, reason?: string): Promise<void> {
    const head = await readCommit(this.#repository, entry.headSha);
    this.#repository.github.emit('merge_group', this.#repository, by, {
      action,
      ...(reason !== undefined && { reason }),
      merge_group: {
        head_sha: entry.headSha,
        head_ref: entry.headRef,
        base_sha: entry.baseSha,
        base_ref: entry.baseRef,
        head_commit: eventCommit(head),
      },
    });
  }
}
