import type { Actor } from '../actor.ts';
import type { Json } from '../route.ts';
import { type Account, nodeId } from './account.ts';
import type { PullRequest } from './pulls.ts';

export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';

/** What somebody thinks of a pull request at one commit of it. */
export class Review {
  readonly id: number;
  readonly author: Account;
  readonly body: string;
  readonly commit: string;
  readonly submittedAt: string;
  state: ReviewState;
  readonly #pull: PullRequest;

  constructor(pull: PullRequest, made: Pick<Review, 'author' | 'body' | 'commit' | 'state'>) {
    this.#pull = pull;
    this.id = pull.repository.github.nextId('review');
    this.author = made.author;
    this.body = made.body;
    this.commit = made.commit;
    this.state = made.state;
    this.submittedAt = pull.repository.github.time();
  }

  /** `pull-request-review` in GitHub's description. */
  get json(): Json {
    const html = `${this.#pull.htmlUrl}#pullrequestreview-${this.id}`;
    return {
      id: this.id,
      node_id: nodeId('PRR', this.id),
      user: this.author.json,
      body: this.body,
      state: this.state,
      html_url: html,
      pull_request_url: this.#pull.url,
      _links: { html: { href: html }, pull_request: { href: this.#pull.url } },
      submitted_at: this.submittedAt,
      commit_id: this.commit,
      author_association: this.#pull.repository.associationOf(this.author),
    };
  }
}

export class Reviews {
  readonly all: Review[] = [];
  readonly #pull: PullRequest;

  constructor(pull: PullRequest) {
    this.#pull = pull;
  }

  async submit(made: {
    readonly state: ReviewState;
    readonly body?: string;
    readonly commit?: string;
    readonly by: Actor & { readonly account: Account };
  }): Promise<Review> {
    const pull = this.#pull;
    const review = new Review(pull, {
      author: made.by.account,
      body: made.body ?? '',
      commit: made.commit ?? pull.headSha,
      state: made.state,
    });
    this.all.push(review);
    pull.touch();
    await this.#tell(review, 'submitted', made.by);
    return review;
  }

  async dismiss(review: Review, by: Actor): Promise<void> {
    review.state = 'DISMISSED';
    await this.#tell(review, 'dismissed', by);
  }

  async #tell(review: Review, action: string, by: Actor): Promise<void> {
    const { repository } = this.#pull;
    // Webhooks write the state in small letters, the API in capitals.
    const shown = { ...review.json, state: review.state.toLowerCase() };
    repository.github.emit('pull_request_review', repository, by, {
      action,
      review: shown,
      pull_request: await this.#pull.simpleJson(),
    });
  }
}
