import type { GitHub } from '../gitHub.ts';
import type { Json } from '../route.ts';
import { type Account, nodeId } from './account.ts';

export const REACTIONS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const;
export type ReactionContent = (typeof REACTIONS)[number];

export interface Reaction {
  readonly id: number;
  readonly content: ReactionContent;
  readonly author: Account;
  readonly createdAt: string;
}

/** What people and Apps think of an issue, a pull request or a comment, in one sign. Each says a thing once. */
export class Reactions {
  readonly #github: GitHub;
  readonly #of = new Map<string, Reaction[]>();

  constructor(github: GitHub) {
    this.#github = github;
  }

  /** `subject`: `issue 7`, `comment 12`. */
  of(subject: string): readonly Reaction[] {
    return this.#of.get(subject) ?? [];
  }

  add(
    subject: string,
    content: ReactionContent,
    author: Account,
  ): { readonly reaction: Reaction; readonly isNew: boolean } {
    const found = this.of(subject).find((reaction) => reaction.content === content && reaction.author === author);
    if (found) return { reaction: found, isNew: false };
    const reaction = { id: this.#github.nextId('reaction'), content, author, createdAt: this.#github.time() };
    this.#of.set(subject, [...this.of(subject), reaction]);
    return { reaction, isNew: true };
  }

  /** Whether there was such a reaction. */
  remove(subject: string, id: number): boolean {
    const left = this.of(subject).filter((reaction) => reaction.id !== id);
    const wasThere = left.length < this.of(subject).length;
    this.#of.set(subject, left);
    return wasThere;
  }
}

/** `reaction` in GitHub's description. */
export function reactionJson({ id, content, author, createdAt }: Reaction): Json {
  return { id, node_id: nodeId('REA', id), user: author.json, content, created_at: createdAt };
}
