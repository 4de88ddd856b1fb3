import { mayCommand } from '../config/commandRights.ts';
import type { GuardedCommand } from '../config/config.ts';
import type { Ordered } from '../conversation/effect.ts';
import { buttonsOf, type ButtonName } from '../pullRequest/checkButtons.ts';
import type { HeadProgress, TrainingRun } from '../pullRequest/headProgress.ts';
import type { PullFacts } from '../pullRequest/pullFacts.ts';
import type { RunReference } from '../pullRequest/headJudgement.ts';
import type { ConversePorts } from './converse.ts';

export interface PressPorts extends Pick<ConversePorts, 'people' | 'rights'> {
  readonly orders: {
    rerun(run: RunReference): Promise<Ordered>;
    approve(run: RunReference): Promise<Ordered>;
    judge(run: number, branch: string): Promise<Ordered>;
  };
}

/** What somebody pressed below a check: a button of ours, or GitHub's own "Re-run". */
export interface Press {
  readonly button: ButtonName | 'again';
  /** Login. */
  readonly by: string;
}

export type Pressed =
  | { readonly kind: 'done'; readonly button: ButtonName }
  /** The head stands otherwise by now, or it was done already. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'denied'; readonly button: ButtonName }
  | { readonly kind: 'failed'; readonly button: ButtonName; readonly because: string };

/** Whose right each takes: judging again costs as much as training again. */
const RIGHTS: { readonly [button in ButtonName]: GuardedCommand } = {
  retrain: 'retrain',
  'ok-to-train': 'ok-to-train',
  judge: 'retrain',
};

/** Does what a button says, where it still says so, for somebody who may. Pressed twice it is done once: then the head is on its way. */
export async function pressButton(
  { button: pressed, by }: Press,
  pull: PullFacts,
  progress: HeadProgress,
  ports: PressPorts,
): Promise<Pressed> {
  const run = 'run' in progress ? progress.run : undefined;
  const button = pressed === 'again' ? againFor(progress) : pressed;
  const isOffered = pressed === 'again' || buttonsOf(progress).some(({ identifier }) => identifier === pressed);
  if (button === undefined || run === undefined || !isOffered || pull.state === 'closed') return { kind: 'idle' };
  const person = await ports.people.personOf(by);
  if (!mayCommand(RIGHTS[button], person, ports.rights(pull.ruling))) return { kind: 'denied', button };
  const ordered = await order(button, run, pull, ports);
  switch (ordered.kind) {
    case 'taken':
    case 'unknown':
      return { kind: 'done', button };
    case 'too-much':
      return { kind: 'failed', button, because: 'GitHub was asked for too much' };
    case 'refused':
      return { kind: 'failed', button, because: ordered.because };
  }
}

/** What "Re-run" means: what failed is trained again, and what was judged is judged again. */
function againFor(progress: HeadProgress): ButtonName | undefined {
  const offered = buttonsOf(progress).map(({ identifier }) => identifier);
  if (progress.kind === 'answered' && !offered.includes('ok-to-train')) {
    return offered.includes('retrain') && !offered.includes('judge') ? 'retrain' : 'judge';
  }
  return offered[0];
}

function order(button: ButtonName, run: TrainingRun, pull: PullFacts, { orders }: PressPorts): Promise<Ordered> {
  const of = { id: run.id, attempt: run.attempt };
  switch (button) {
    case 'retrain':
      return orders.rerun(of);
    case 'ok-to-train':
      return orders.approve(of);
    case 'judge':
      return orders.judge(run.id, pull.ruling.name);
  }
}
