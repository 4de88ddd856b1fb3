import type { HeadJudgement } from '../../src/pullRequest/headJudgement.ts';
import type { Fault } from '../github/faults.ts';
import type { Judging } from './judging.ts';
import { FAULTS, type Struck } from './publishFaults.ts';

/** Judging has no effects: whether a request had one is all the same. */
export const JUDGE_FAULTS = FAULTS.filter(({ name }) => !name.endsWith('after the effect'));

const TOLD = /^(github-failed|permission_denied|store_(failed|denied|limited))$/;

/** What judging without a fault comes to. */
export interface Reached {
  readonly judgement: HeadJudgement;
  /** Where the registry stands: judging writes nothing. */
  readonly registry: string;
  /** How often GitHub was asked. */
  readonly requests: number;
}

export async function reach(world: Judging): Promise<Reached> {
  const before = world.github.requests.length;
  const { judgement, log } = await world.judge();
  if (judgement === undefined) throw new Error(log);
  const requests = world.github.requests.length - before;
  return { judgement, registry: await registryOf(world), requests };
}

/** Judges while one request goes wrong: what it leaves is what it leaves without a fault, or nothing. */
export async function strikeJudging(
  world: Judging,
  reached: Reached,
  fault: Omit<Fault, 'skip'>,
  request: number,
): Promise<Struck> {
  const { faults } = world.github;
  faults.next({ ...fault, skip: request });
  const { exitCode, reason, log, judgement } = await world.judge();
  const isMet = faults.pending < (fault.times ?? 1);
  faults.clear();
  const wrong: string[] = [];
  const isDone = exitCode === 0;
  if (isDone && verdictsOf(judgement) !== verdictsOf(reached.judgement)) wrong.push('another judgement was reached');
  if (!isDone && judgement !== undefined) wrong.push('it failed, and a judgement lies there');
  if (!isDone && !TOLD.test(reason)) wrong.push(`ended with ${exitCode}, ${reason}: ${log}`);
  if ((await registryOf(world)) !== reached.registry) wrong.push('the registry is another');
  return { isMet, isDone, wrong };
}

/** What a judgement decides, without what belongs to one run: times and latencies. */
function verdictsOf(judgement: HeadJudgement | undefined): string {
  if (judgement?.outcome.kind !== 'models') return JSON.stringify(judgement?.outcome);
  const sections = judgement.outcome.sections.map((each) =>
    each.kind === 'judged' ? [each.model, each.verdict, each.contentKey] : each,
  );
  return JSON.stringify([judgement.head, judgement.policyCommit, sections]);
}

function registryOf({ repository }: Judging): Promise<string> {
  return repository.run(['rev-parse', 'refs/heads/touchstone']);
}
