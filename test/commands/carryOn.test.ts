import { describe, expect, it } from 'vitest';
import { carryOn, type EffectPorts } from '../../src/commands/carryOn.ts';
import type { Effect } from '../../src/conversation/effect.ts';
import type { Said } from '../../src/conversation/reply.ts';
import type { TrainingRun } from '../../src/pullRequest/headProgress.ts';
import { PULL_REQUEST_WORKFLOW } from '../../src/pullRequest/identifyRun.ts';
import type { PullFacts } from '../../src/pullRequest/pullFacts.ts';
import { HEAD, REPOSITORY } from '../pullRequest/heads.ts';

const NOW = new Date('2026-11-20T14:00:00Z');
const RUN: TrainingRun = {
  ...{ id: 101, attempt: 1, repository: REPOSITORY, path: PULL_REQUEST_WORKFLOW, event: 'pull_request' },
  ...{
    head: HEAD,
    headBranch: 'topic',
    headRepository: REPOSITORY,
    status: 'completed',
    conclusion: 'action_required',
  },
  ...{ url: 'https://github.com/octocat/churn/actions/runs/101', startedAt: NOW, updatedAt: NOW },
};
const PULL: PullFacts = {
  ...{ number: 3, state: 'open', head: HEAD, headBranch: 'topic', headRepository: REPOSITORY, fork: false },
  ...{ conflicts: false, left: [], comments: [] },
  ruling: { name: 'main', commit: HEAD, overriding: true },
};

const ofRun = (id: number): readonly Effect[] => [
  { kind: 'rerun', run: { id, attempt: 1 } },
  { kind: 'approve', run: { id, attempt: 1 } },
  { kind: 'override', run: { id, attempt: 1 }, dispatches: 0 },
];

function ports(): { readonly ports: EffectPorts; readonly ordered: string[] } {
  const ordered: string[] = [];
  const take = (order: string) => (): Promise<{ readonly kind: 'taken' }> => {
    ordered.push(order);
    return Promise.resolve({ kind: 'taken' });
  };
  return {
    ordered,
    ports: {
      now: () => NOW,
      actions: {
        read: () => Promise.resolve(RUN),
        ...{ rerun: take('rerun'), approve: take('approve'), override: take('override') },
      },
      overrides: { of: () => Promise.resolve(undefined) },
    },
  };
}

const pending = (effect: Effect): Said => ({ kind: 'pending', text: 'Begins.', effect });

describe.each(ofRun(101).map((effect, index) => [effect.kind, effect, ofRun(202)[index] ?? effect] as const))(
  '%s, begun before',
  (kind, effect, ofAnother) => {
    const carried = async (still: Said): Promise<{ readonly said: Said | undefined; readonly ordered: string[] }> => {
      const { ports: of, ordered } = ports();
      const { said } = await carryOn(effect, { comment: 1, pull: PULL, still: () => Promise.resolve(still) }, of);
      return { said, ordered };
    };

    it('is done while the command still means it', async () => {
      expect((await carried(pending(effect))).ordered).toEqual([kind]);
    });

    it('is not done once the command would be about another run', async () => {
      const { said, ordered } = await carried(pending(ofAnother));
      expect(said).toMatchObject({ kind: 'refused', code: 'ref_changed' });
      expect(ordered).toEqual([]);
    });

    it('is not done once the command would be refused, and says why', async () => {
      const refusal: Said = { kind: 'refused', code: 'permission_denied', text: 'No right to it.' };
      expect(await carried(refusal)).toEqual({ said: refusal, ordered: [] });
    });
  },
);
