import { formatCount } from '../../wording/numbers.ts';
import type { RunReport } from '../runReport.ts';
import type { Section } from '../sections.ts';
import { htmlVoice as voice } from './htmlVoice.ts';

/** What the two models are, and what the candidate was made of: digests that a registry or a repository can be asked for. */
export function lineageSection({ candidate, baseline, policy, holdout, training }: RunReport): Section {
  const model = ({ label, digest }: RunReport['candidate']): string => `${voice.name(label)} · ${voice.name(digest)}`;
  const { code = [], data = [] } = training?.inputs ?? {};
  const { commit, tree, repository, dirty = [] } = training?.environment ?? {};
  const row = (what: string, how: string | undefined): readonly (readonly string[])[] =>
    how === undefined ? [] : [[what, how]];
  return {
    topic: 'training',
    title: 'Lineage',
    columns: [
      { title: 'What', align: 'left' },
      { title: 'How', align: 'left' },
    ],
    rows: [
      ['Candidate', model(candidate)],
      ['Baseline', baseline === undefined ? 'none: a first version' : model(baseline)],
      ...row('Repository', repository === undefined ? undefined : voice.name(repository)),
      ...row('Commit', commit === undefined ? undefined : voice.name(commit)),
      ...row('Tree', tree === undefined ? undefined : voice.name(tree)),
      ...dirty.map((path) => ['Not committed', voice.name(path)]),
      ...code.map(({ path, object }) => ['Code', `${voice.name(path)} · ${voice.name(object)}`]),
      ...data.map(({ role, rows, digest }) => [
        role === 'train' ? 'Training data' : 'Validation data',
        `${formatCount(rows)} rows · ${voice.name(digest)}`,
      ]),
      ['Holdout', `${formatCount(holdout.rows)} rows · ${voice.name(holdout.digest)}`],
      ['Policy', voice.name(policy)],
    ],
  };
}
