import type { HeadJudgement, ModelSection } from './headJudgement.ts';
import type { Overridable, Override } from './override.ts';
import { ruledRun } from './standing.ts';

/** The judgement with what was overridden on its head told in each section; words on another head change nothing. */
export function withOverrides(judgement: HeadJudgement, overrides: readonly Override[]): HeadJudgement {
  const { outcome, head } = judgement;
  const ours = overrides.filter((override) => override.head === head);
  if (outcome.kind !== 'models' || ours.length === 0) return judgement;
  const [first, ...rest] = outcome.sections.map((section) => withOwn(section, ours));
  return first === undefined ? judgement : { ...judgement, outcome: { ...outcome, sections: [first, ...rest] } };
}

function withOwn(section: ModelSection, overrides: readonly Override[]): ModelSection {
  const own = overrides.filter(({ model }) => model === section.model);
  switch (section.kind) {
    case 'judged': {
      const overridden = own.filter(({ of }) => of.kind === 'finding');
      return overridden.length === 0 ? section : { ...section, overridden };
    }
    case 'removed': {
      const overridden = own.filter(({ of }) => of.kind === 'model');
      return overridden.length === 0 ? section : { ...section, overridden };
    }
    case 'new':
    case 'not-judged':
      return section;
  }
}

/** The judge's own words, and those of people about them. */
export function apartFromOverrides(judgement: HeadJudgement): {
  readonly judgement: HeadJudgement;
  readonly overrides: readonly Override[];
} {
  const { outcome } = judgement;
  if (outcome.kind !== 'models') return { judgement, overrides: [] };
  const overrides: Override[] = [];
  const [first, ...rest] = outcome.sections.map((section) => {
    if (section.kind !== 'judged' && section.kind !== 'removed') return section;
    const { overridden = [], ...said } = section;
    overrides.push(...overridden);
    return said;
  });
  if (first === undefined) throw new TypeError('A judgement of models names one at least.');
  return { judgement: { ...judgement, outcome: { kind: 'models', sections: [first, ...rest] } }, overrides };
}

/** What still stands in the way and can be overridden: gates that block, and models that go. Broken data and failed trainings cannot. */
export function overridables(judgement: HeadJudgement): readonly Overridable[] {
  if (judgement.outcome.kind !== 'models') return [];
  return judgement.outcome.sections.flatMap((section): readonly Overridable[] => {
    switch (section.kind) {
      case 'judged':
        return ruledRun(section)
          .judgement.findings.filter(({ blocks }) => blocks)
          .map(({ id }) => ({ model: section.model, of: { kind: 'finding', id } }));
      case 'removed':
        return section.overridden === undefined ? [{ model: section.model, of: { kind: 'model' } }] : [];
      case 'new':
      case 'not-judged':
        return [];
    }
  });
}
