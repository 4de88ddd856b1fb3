import type { RequiredCheck, Setting } from '../../diagnosis/gitHubFacts.ts';
import type { Place } from './place.ts';
import { setting } from './settingAnswer.ts';

export type BranchRule = Awaited<ReturnType<Place['client']['rest']['repos']['getBranchRules']>>['data'][number];

/** All rules that rulesets, of the repository and of its organisation, lay on a branch, whether it exists or not. */
export function rulesOf({ client, owner, repo }: Place, branch: string): Promise<readonly BranchRule[]> {
  return client.paginate(client.rest.repos.getBranchRules, { owner, repo, branch, per_page: 100 });
}

/** What branch protection asks for, and what rulesets do: either is enough. */
export async function requiredChecks(place: Place, branch: string): Promise<Setting<readonly RequiredCheck[]>> {
  const [rules, protection] = await Promise.all([
    setting('Metadata: read', () => rulesOf(place, branch)),
    setting('Contents: read', () => protectedChecks(place, branch)),
  ]);
  const found = [
    ...(rules.kind === 'read' ? rules.value.flatMap(checksOfRule) : []),
    ...(protection.kind === 'read' ? protection.value : []),
  ];
  // What one of them says holds, whatever the other would have said.
  if (found.length > 0 || (rules.kind === 'read' && protection.kind === 'read')) return { kind: 'read', value: found };
  return rules.kind === 'read' ? protection : rules;
}

function checksOfRule(rule: BranchRule): readonly RequiredCheck[] {
  if (rule.type !== 'required_status_checks') return [];
  const { required_status_checks: checks = [], strict_required_status_checks_policy: strict } = rule.parameters ?? {};
  const organisation = rule.ruleset_source_type === 'Organization' ? rule.ruleset_source : undefined;
  return checks.map(({ context, integration_id: source }) => ({
    name: context,
    ...(source !== undefined && { source }),
    ...(strict !== undefined && { strict }),
    from: { kind: 'ruleset', id: rule.ruleset_id ?? 0, ...(organisation !== undefined && { organisation }) },
  }));
}

/** Of the branch itself, which whoever can read it can see; the protection's own page is for administrators. */
async function protectedChecks({ client, owner, repo }: Place, branch: string): Promise<readonly RequiredCheck[]> {
  const { data } = await client.rest.repos.getBranch({ owner, repo, branch });
  const required = data.protection.required_status_checks;
  if (data.protection.enabled !== true || required === undefined) return [];
  const named = required.checks.map(({ context, app_id: source }): RequiredCheck => ({
    name: context,
    // -1 and null are how anybody is written.
    ...(source !== null && source > 0 && { source }),
    ...(required.strict !== undefined && { strict: required.strict }),
    from: { kind: 'branch-protection' },
  }));
  const bare = required.contexts.filter((context) => !named.some(({ name }) => name === context));
  return [...named, ...bare.map((name): RequiredCheck => ({ name, from: { kind: 'branch-protection' } }))];
}

/** Only rulesets tell of a queue through this API. */
export function mergeQueue(place: Place, branch: string): Promise<Setting<boolean>> {
  return setting('Metadata: read', async () =>
    (await rulesOf(place, branch)).some(({ type }) => type === 'merge_queue'),
  );
}
