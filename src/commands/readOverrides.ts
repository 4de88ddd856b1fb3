import type { HeadJudgement, ModelSection } from '../pullRequest/headJudgement.ts';
import { overridesOf } from '../pullRequest/loggedOverrides.ts';
import type { Override } from '../pullRequest/override.ts';
import { readLog } from '../registry/log.ts';
import type { RegistryStore } from '../registry/store.ts';
import { modelLog } from '../registry/versions.ts';

/** What stands in the registry of a head: asked for the models that a word could help, each by its log. */
export async function readOverrides(store: RegistryStore, judgement: HeadJudgement): Promise<readonly Override[]> {
  const found: Override[] = [];
  for (const section of overridableSections(judgement)) {
    const { state } = await readLog(store, modelLog(section.model));
    found.push(...overridesOf(section, state, judgement.head));
  }
  return found;
}

/** Those whose verdict blocks, and models that go: where there is none, nobody has to be asked. */
export function overridableSections({ outcome }: HeadJudgement): readonly ModelSection[] {
  if (outcome.kind !== 'models') return [];
  return outcome.sections.filter(
    (section) => section.kind === 'removed' || (section.kind === 'judged' && section.run.judgement.verdict.blocks),
  );
}
