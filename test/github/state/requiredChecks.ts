import type { Json } from '../route.ts';
import type { StandInRepository } from './repository.ts';

/** A check that a branch requires, of one App where its source is pinned. */
interface Required {
  readonly context: string;
  readonly app: number | undefined;
}

export type Standing = 'passed' | 'pending' | 'failed';

/** What a branch requires of a commit, by protection and by rulesets, and how the commit stands with each. */
export function requiredChecks(
  repository: StandInRepository,
  branch: string,
  sha: string,
): { readonly context: string; readonly standing: Standing }[] {
  return required(repository, branch).map((check) => ({
    context: check.context,
    standing: standing(repository, check, sha),
  }));
}

/** GitHub's words for what a commit lacks; nothing where it lacks nothing. */
export function lackOf(repository: StandInRepository, branch: string, sha: string): string | undefined {
  const all = requiredChecks(repository, branch, sha);
  const lacking = all.filter((check) => check.standing !== 'passed');
  const [only] = lacking;
  if (!only) return undefined;
  if (lacking.length > 1) return `${lacking.length} of ${all.length} required status checks are expected.`;
  return `Required status check "${only.context}" is ${only.standing === 'failed' ? 'failing' : 'expected'}.`;
}

function required({ settings, defaultBranch }: StandInRepository, branch: string): Required[] {
  const ofProtection =
    settings.protections.get(branch)?.checks.map(({ context, app_id: app }) => ({ context, app: app ?? undefined })) ??
    [];
  const ofRules = settings.rulesOn(branch, defaultBranch).flatMap(({ type, parameters }): Required[] => {
    if (type !== 'required_status_checks') return [];
    const { required_status_checks: checks = [] } = parameters as { readonly required_status_checks?: readonly Json[] };
    return checks.map(({ context, integration_id: app }) => ({
      context: String(context),
      app: typeof app === 'number' ? app : undefined,
    }));
  });
  return [...ofProtection, ...ofRules];
}

/** `neutral` and `skipped` pass, as at GitHub; a commit status counts where no App is pinned. */
function standing(repository: StandInRepository, { context, app }: Required, sha: string): Standing {
  const runs = repository.checks
    .of(sha)
    .filter(({ name, suite }) => name === context && (app === undefined || suite.app.id === app));
  const status =
    app === undefined ? repository.statuses.latest(sha).find((found) => found.context === context) : undefined;
  const said = [...runs.map(({ conclusion }) => conclusion ?? 'pending'), ...(status ? [status.state] : [])];
  if (said.length === 0 || said.includes('pending')) return 'pending';
  return said.every((each) => each === 'success' || each === 'neutral' || each === 'skipped') ? 'passed' : 'failed';
}
