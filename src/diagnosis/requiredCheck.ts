import { CHECK_NAME } from '../pullRequest/checkOutput.ts';
import { ok, problem, type Check } from './check.ts';
import { ghApi, settingsPage } from './gitHubCommand.ts';
import type { RepositorySettings, RequiredCheck } from './gitHubFacts.ts';

const ID = 'github.check';

/** Whether a pull request can be merged without the verdict, and who could give it in Touchstone's place. */
export function checkRequiredCheck(settings: RepositorySettings): readonly Check[] {
  const { checks, defaultBranch, actionsApp } = settings;
  if (checks.kind !== 'read') return [];
  const ours = checks.value.filter(({ name }) => name === CHECK_NAME);
  const [first] = ours;
  if (first === undefined) {
    return [
      problem(ID, `${defaultBranch} does not require the check "${CHECK_NAME}": a rejected model can be merged`, {
        remedy: `Require it, from GitHub Actions: ${requireIt(settings)}`,
      }),
    ];
  }
  // One that names its source binds; others beside it do no harm.
  const bound = ours.find(({ source }) => source !== undefined);
  if (bound === undefined) {
    return [
      problem(ID, `${defaultBranch} takes the check "${CHECK_NAME}" from anybody who can write a commit status`, {
        expected: 'GitHub Actions as its source',
        remedy: bindIt(settings, first),
      }),
    ];
  }
  if (bound.source !== actionsApp) {
    return [
      problem(
        ID,
        `${defaultBranch} takes the check "${CHECK_NAME}" from the App ${String(bound.source)} alone, and touchstone-judge.yml publishes as GitHub Actions (${actionsApp})`,
        {
          expected: 'the source that publishes: every pull request waits for ever otherwise',
          remedy: bindIt(settings, bound),
        },
      ),
    ];
  }
  const strict = ours.some((each) => each.strict === true);
  return [
    ok(
      ID,
      `${defaultBranch} requires the check "${CHECK_NAME}" from GitHub Actions (which any workflow with "checks: write" is)${strict ? '; it also wants branches up to date, so that each merge has all open ones trained again' : ''}`,
    ),
  ];
}

function requireIt(settings: RepositorySettings): string {
  return ghApi(settings, 'POST', 'rulesets', {
    name: 'touchstone',
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: [{ context: CHECK_NAME, integration_id: settings.actionsApp }],
        },
      },
    ],
  });
}

function bindIt(settings: RepositorySettings, { from }: RequiredCheck): string {
  const { checks, defaultBranch, actionsApp, host } = settings;
  switch (from.kind) {
    case 'ruleset': {
      const page =
        from.organisation === undefined
          ? settingsPage(settings, `rules/${from.id}`)
          : `https://${host}/organizations/${from.organisation}/settings/rules/${from.id}`;
      return `Choose "GitHub Actions" as the source of "${CHECK_NAME}": ${page}`;
    }
    case 'branch-protection': {
      // The list is written as a whole: the others stay as they are; -1 is how the API writes "anybody".
      const others = (checks.kind === 'read' ? checks.value : []).filter(
        (each) => each.from.kind === 'branch-protection' && each.name !== CHECK_NAME,
      );
      const path = `branches/${encodeURIComponent(defaultBranch)}/protection/required_status_checks`;
      return `Run: ${ghApi(settings, 'PATCH', path, {
        checks: [
          ...others.map(({ name, source }) => ({ context: name, app_id: source ?? -1 })),
          { context: CHECK_NAME, app_id: actionsApp },
        ],
      })}`;
    }
  }
}
