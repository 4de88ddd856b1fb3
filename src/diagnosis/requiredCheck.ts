import { CHECK_NAME } from '../pullRequest/checkOutput.ts';
import type { AnsweredBy } from '../pullRequest/judgingWorkflow.ts';
import { ok, problem, type Check } from './check.ts';
import { ghApi, settingsPage } from './gitHubCommand.ts';
import type { RepositorySettings, RequiredCheck } from './gitHubFacts.ts';

const ID = 'github.check';

/** The App that publishes the check. */
interface Publisher {
  readonly name: string;
  /** Absent where it is the Touchstone App, of which nothing is known here. */
  readonly id?: number;
}

/** Whether a pull request can be merged without the verdict, and who could give it in Touchstone's place. */
export function checkRequiredCheck(settings: RepositorySettings, answers: AnsweredBy): readonly Check[] {
  const { checks, defaultBranch } = settings;
  if (checks.kind !== 'read') return [];
  const ours = checks.value.filter(({ name }) => name === CHECK_NAME);
  const publisher = publisherOf(settings, answers);
  const [first] = ours;
  if (first === undefined) {
    return [
      problem(ID, `${defaultBranch} does not require the check "${CHECK_NAME}": a rejected model can be merged`, {
        remedy: `Require it, from ${publisher.name}: ${requireIt(settings, publisher)}`,
      }),
    ];
  }
  const strange = ours.find((each) => isStrange(each, publisher, settings));
  if (strange !== undefined) return [strangeSource(settings, answers, publisher, strange)];
  // One that names its source binds; others beside it that name none do no harm.
  const bound = ours.find(({ source }) => source !== undefined);
  if (bound === undefined) {
    return [
      problem(ID, `${defaultBranch} takes the check "${CHECK_NAME}" from anybody who can write a commit status`, {
        expected: `${publisher.name} as its source`,
        remedy: bindIt(settings, publisher, first),
      }),
    ];
  }
  const strict = ours.some((each) => each.strict === true);
  return [
    ok(
      ID,
      `${defaultBranch} requires the check "${CHECK_NAME}" from ${sourceAsFound(answers, publisher, bound)}${strict ? '; it also wants branches up to date, so that each merge has all open ones trained again' : ''}`,
    ),
  ];
}

function publisherOf({ app, actionsApp }: RepositorySettings, answers: AnsweredBy): Publisher {
  switch (answers) {
    case 'job':
      return { name: 'GitHub Actions', id: actionsApp };
    case 'app':
      switch (app.kind) {
        case 'app':
          return { name: app.name, id: app.id };
        case 'no-credentials':
          return { name: 'the Touchstone App', ...(app.id !== undefined && { id: app.id }) };
        case 'unusable':
          return { name: 'the Touchstone App' };
      }
  }
}

/** Whether a check is wanted of somebody who does not publish it. An App that is not known can be any but Actions. */
function isStrange({ source }: RequiredCheck, { id }: Publisher, { actionsApp }: RepositorySettings): boolean {
  if (source === undefined) return false;
  return id === undefined ? source === actionsApp : source !== id;
}

function strangeSource(
  settings: RepositorySettings,
  answers: AnsweredBy,
  publisher: Publisher,
  found: RequiredCheck,
): Check {
  const { defaultBranch, actionsApp, app } = settings;
  const isOurApp = answers === 'job' && app.kind === 'app' && app.id === found.source;
  const wanted = found.source === actionsApp ? 'GitHub Actions' : `the App ${String(found.source)}`;
  const number = publisher.id === undefined ? '' : ` (${publisher.id})`;
  const publishes =
    answers === 'app'
      ? `by touchstone-judge.yml the App answers, ${publisher.name}${number}`
      : `touchstone-judge.yml publishes as GitHub Actions${number}`;
  return problem(ID, `${defaultBranch} takes the check "${CHECK_NAME}" from ${wanted} alone, and ${publishes}`, {
    expected: `the source that publishes: every pull request waits for ever otherwise${isOurApp ? ' (or "answered-by: app" in touchstone-judge.yml: that is the Touchstone App)' : ''}`,
    remedy: bindIt(settings, publisher, found),
  });
}

function sourceAsFound(answers: AnsweredBy, { name, id }: Publisher, { source }: RequiredCheck): string {
  switch (answers) {
    case 'job':
      return 'GitHub Actions (which any workflow with "checks: write" is)';
    case 'app':
      return id === undefined
        ? `the App ${String(source)}; set APP_ID to have it compared`
        : `${name} (${id}), which nobody else can give`;
  }
}

function requireIt(settings: RepositorySettings, { id }: Publisher): string {
  // A rule names an App by its number.
  if (id === undefined) return settingsPage(settings, 'rules');
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
          required_status_checks: [{ context: CHECK_NAME, integration_id: id }],
        },
      },
    ],
  });
}

function bindIt(settings: RepositorySettings, { name, id }: Publisher, { from }: RequiredCheck): string {
  const { checks, defaultBranch, host } = settings;
  const choose = (page: string): string => `Choose "${name}" as the source of "${CHECK_NAME}": ${page}`;
  switch (from.kind) {
    case 'ruleset':
      return choose(
        from.organisation === undefined
          ? settingsPage(settings, `rules/${from.id}`)
          : `https://${host}/organizations/${from.organisation}/settings/rules/${from.id}`,
      );
    case 'branch-protection': {
      if (id === undefined) return choose(settingsPage(settings, 'branches'));
      // The list is written as a whole: the others stay as they are; -1 is how the API writes "anybody".
      const others = (checks.kind === 'read' ? checks.value : []).filter(
        (each) => each.from.kind === 'branch-protection' && each.name !== CHECK_NAME,
      );
      const path = `branches/${encodeURIComponent(defaultBranch)}/protection/required_status_checks`;
      return `Run: ${ghApi(settings, 'PATCH', path, {
        checks: [
          ...others.map(({ name: other, source }) => ({ context: other, app_id: source ?? -1 })),
          { context: CHECK_NAME, app_id: id },
        ],
      })}`;
    }
  }
}
