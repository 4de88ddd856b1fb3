import { lookAgainAfterMs, type HeadProgress } from '../pullRequest/headProgress.ts';
import type { PullFacts } from '../pullRequest/pullFacts.ts';
import { answerPull, type AnswerPullPorts } from './answerPull.ts';
import { converse, type ConversePorts } from './converse.ts';
import { followHead, type HeadPorts } from './followHead.ts';

export interface ReconcilePorts extends HeadPorts, AnswerPullPorts, Omit<ConversePorts, 'answersOf' | 'now' | 'links'> {
  readonly pulls: {
    /** All that is asked of a pull request, at one moment; `undefined` where there is none. */
    read(number: number): Promise<PullFacts | undefined>;
  };
  readonly answersOf: AnswerPullPorts['answersOf'] & ConversePorts['answersOf'];
}

/** How a pull request was found in the end. */
export type Reconciled =
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'right';
      readonly pull: PullFacts;
      readonly progress: HeadProgress;
      /** Writings that it took. */
      readonly writes: number;
      /** When to look again, where nothing may tell of what is to come. */
      readonly lookAgainMs?: number;
    };

/** More than any state needs to become right: a command is seen, begun, carried out and told. */
const MOST_PASSES = 8;

/**
 * Reads a pull request from GitHub and makes right what is not: check, comment, replies, what commands ask for. Reads again
 * after it wrote something, until there is nothing to write: whoever was overtaken by somebody else takes it back so.
 */
export async function reconcilePull(number: number, ports: ReconcilePorts): Promise<Reconciled> {
  let writes = 0;
  for (let passes = 1; ; passes += 1) {
    const pull = await ports.pulls.read(number);
    if (pull === undefined) return { kind: 'unknown' };
    const progress = await followHead(pull, ports);
    const conversed = await converse(pull, progress, ports);
    const written = conversed.writes + (await answerPull(pull, progress, ports));
    writes += written;
    if (written > 0 && passes < MOST_PASSES) continue;
    // Nobody waits for the head of a closed one; whoever asked for something there is answered all the same.
    const ofHead = pull.state === 'open' ? lookAgainAfterMs(progress, ports.now()) : undefined;
    const later = [ofHead, conversed.lookAgainMs].filter((ms) => ms !== undefined);
    return {
      ...{ kind: 'right', pull, progress, writes },
      ...(later.length > 0 && { lookAgainMs: Math.min(...later) }),
    };
  }
}
