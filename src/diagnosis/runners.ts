import { notApplicable, ok, problem, warning, type Check } from './check.ts';
import { settingsPage } from './gitHubCommand.ts';
import type { RepositorySettings, Runner, RunnerGroup } from './gitHubFacts.ts';
import { ownMachines, type OwnMachine } from './workflowMachines.ts';

/** Who can run what on the team's own machines: the one that trains runs code of pull requests, the one that judges must not. */
export function checkRunners(settings: RepositorySettings): readonly Check[] {
  const training = ownMachines(settings.workflows['touchstone-pr.yml'] ?? '').at(-1);
  const [judging] = ownMachines(settings.workflows['touchstone-judge.yml'] ?? '');
  return [
    ...(judging === undefined ? [] : [judgesApart(settings, judging)]),
    ...(training === undefined
      ? [notApplicable('github.runners', 'training runs on machines of GitHub, which are gone after a job')]
      : trainsFencedIn(settings, training)),
  ];
}

function judgesApart(settings: RepositorySettings, machine: OwnMachine): Check {
  const id = 'github.runners.judge';
  const { repository, defaultBranch, runnerGroups } = settings;
  const workflow = `${repository}/.github/workflows/touchstone-judge.yml@refs/heads/${defaultBranch}`;
  const found = `judging runs on a machine of yours (${shown(machine)})`;
  const groups = runnerGroups.kind === 'read' ? groupsWith(runnerGroups.value, machine) : [];
  const fencedIn = (group: RunnerGroup): boolean =>
    group.workflows?.every((each) => each === workflow || each === workflow.replace('@refs/heads/', '@')) === true;
  if (groups.length > 0 && groups.every(fencedIn)) return ok(id, `${found}, which only touchstone-judge.yml can use`);
  return problem(id, `${found}, and nothing shows that no pull request can run there before it`, {
    expected: `a machine of GitHub, or a runner group for ${workflow} alone`,
    remedy: 'Write "runs-on: ubuntu-latest" in touchstone-judge.yml, or restrict the group to that workflow',
  });
}

function trainsFencedIn(settings: RepositorySettings, machine: OwnMachine): readonly Check[] {
  const { isPublic, ownedBy, runners, runnerGroups } = settings;
  const id = 'github.runners';
  const checks: Check[] = [];
  if (isPublic) {
    checks.push(
      warning(
        id,
        'the repository is public, and training runs on a machine of yours: after approval, code of strangers does',
        {
          expected: 'a runner that is made for one job and then gone, with nothing in its network to reach',
          remedy: 'https://docs.github.com/actions/reference/security/secure-use#hardening-for-self-hosted-runners',
        },
      ),
    );
  }
  if (runners.kind === 'read')
    checks.push(
      ...ownRunners(
        settings,
        runners.value.filter((each) => machine.group === undefined && carries(each, machine.labels)),
      ),
    );
  if (ownedBy === 'person') {
    checks.push(
      notApplicable(
        `${id}.group`,
        'runner groups, which keep other workflows off a machine, exist in organisations alone',
      ),
    );
  } else if (runnerGroups.kind === 'read') {
    checks.push(...groupsWith(runnerGroups.value, machine).flatMap((group) => groupOfTraining(settings, group)));
  }
  if (checks.length > 0 || runners.kind !== 'read' || runnerGroups.kind !== 'read') return checks;
  return [
    warning(id, `no runner is ${shown(machine)}: training would wait for ever`, {
      remedy: `Register one (${settingsPage(settings, 'actions/runners')}), or correct "runs-on" in touchstone-pr.yml`,
    }),
  ];
}

/** A runner of the repository itself serves every workflow of every branch: there is no group to restrict. */
function ownRunners(settings: RepositorySettings, own: readonly Runner[]): readonly Check[] {
  const lasting = own.filter(({ ephemeral }) => !ephemeral);
  if (own.length === 0) return [];
  const id = 'github.runners.own';
  if (lasting.length === 0) return [ok(id, 'the runners that train are made for one job each')];
  const names = lasting.map(({ name }) => name).join(', ');
  return [
    warning(
      id,
      `${names} ${lasting.length === 1 ? 'keeps' : 'keep'} what one pull request leaves for the next, and any workflow can use it`,
      {
        expected:
          settings.ownedBy === 'person'
            ? 'runners for one job each'
            : 'runners for one job each, in a group of the organisation',
        remedy: 'Register it again with: ./config.sh --ephemeral',
      },
    ),
  ];
}

function groupOfTraining({ repository, isPublic, host }: RepositorySettings, group: RunnerGroup): readonly Check[] {
  const id = 'github.runners.group';
  const open = [
    group.everyRepository && 'every repository of the organisation',
    group.publicRepositories && !isPublic && 'public repositories',
    group.workflows === undefined && 'every workflow',
  ].filter((each) => each !== false);
  if (open.length === 0) return [ok(id, `the runner group "${group.name}" serves selected repositories and workflows`)];
  const [owner = ''] = repository.split('/');
  return [
    warning(id, `the runner group "${group.name}" serves ${open.join(', ')}`, {
      expected: 'this repository, and the workflow that trains',
      remedy: `Restrict it: https://${host}/organizations/${owner}/settings/actions/runner-groups`,
    }),
  ];
}

const groupsWith = (groups: readonly RunnerGroup[], { group, labels }: OwnMachine): readonly RunnerGroup[] =>
  groups.filter(
    ({ name, runners }) => (group === undefined || name === group) && runners.some((each) => carries(each, labels)),
  );

function shown({ group, labels }: OwnMachine): string {
  const listed = labels.length === 0 ? undefined : `[${labels.join(', ')}]`;
  return [listed, group === undefined ? undefined : `of the group "${group}"`]
    .filter((each) => each !== undefined)
    .join(' ');
}

/** GitHub gives a job to a runner that has all of its labels; letters count alike in both cases. */
function carries(runner: Runner, labels: readonly string[]): boolean {
  const own = new Set(runner.labels.map((label) => label.toLowerCase()));
  return labels.every((label) => own.has(label.toLowerCase()));
}
