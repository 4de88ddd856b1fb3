import { digestOfJson } from '../identity/digest.ts';
import type { CommitSha } from '../identity/git.ts';
import type { ModelName } from '../identity/names.ts';
import type { Answers, Queue } from '../pullRequest/answers.ts';
import { appCheckId } from '../pullRequest/checkPlan.ts';
import type { Links } from '../pullRequest/commentText.ts';
import { pullsOfGroup, standingOfGroup, type GroupedPull, type QueuedPull } from '../pullRequest/mergeGroup.ts';
import { followHead, type HeadPorts } from './followHead.ts';
import type { ReconcilePorts } from './reconcilePull.ts';

export interface AnswerGroupPorts extends HeadPorts {
  readonly pulls: ReconcilePorts['pulls'];
  readonly queue: Queue;
  readonly answersOf: Pick<Answers, 'createCheck' | 'updateCheck'>;
  readonly links: Links;
}

/** What became of a group's check; nobody waits for one that has left the queue. */
export type AnsweredGroup = 'created' | 'updated' | 'right' | 'gone' | 'not-ours';

/** Answers a merge group by the checks of its pull requests. Nothing is judged again. */
export async function answerGroup(group: CommitSha, branch: string, ports: AnswerGroupPorts): Promise<AnsweredGroup> {
  const pulls = pullsOfGroup(await ports.queue.pulls(branch), group);
  if (pulls === undefined) return 'gone';
  const grouped: GroupedPull[] = [];
  for (const pull of pulls) {
    const found = await withModels(pull, ports);
    if (found === 'not-ours') return found;
    grouped.push(found);
  }
  const { conclusion, title, reasons } = standingOfGroup(grouped);
  const summary =
    reasons.length === 0
      ? 'Nothing was judged again: see the check of each.'
      : reasons.map((each) => `- ${each}`).join('\n');
  const said = { conclusion, title, summary, annotations: [] };
  const externalId = appCheckId(undefined, digestOfJson(said));
  const check = { ...said, externalId, head: group, url: ports.links.commit(group) };
  const standing = await ports.queue.check(group);
  if (standing === undefined) {
    await ports.answersOf.createCheck(check);
    return 'created';
  }
  if (standing.externalId === externalId && standing.conclusion === conclusion) return 'right';
  await ports.answersOf.updateCheck(check);
  return 'updated';
}

/** A head of which no answer is kept any more could touch anything: its check counts for nothing then. */
async function withModels(pull: QueuedPull, ports: AnswerGroupPorts): Promise<GroupedPull | 'not-ours'> {
  const facts = await ports.pulls.read(pull.number);
  if (facts === undefined) return { number: pull.number, head: pull.head, touches: [] };
  const progress = await followHead(facts, ports);
  if (progress.kind === 'not-ours') return progress.kind;
  const { number, head, check } = pull;
  if (facts.head !== head || progress.kind !== 'answered' || progress.answer.kind !== 'judged') {
    const passed = progress.kind === 'begins' && check?.passed === true;
    return { number, head, touches: [], ...(check && { check: { ...check, passed } }) };
  }
  const { outcome } = progress.answer.judgement;
  const touches: readonly ModelName[] = outcome.kind === 'models' ? outcome.sections.map(({ model }) => model) : [];
  return { number, head, touches, ...(check && { check }) };
}
