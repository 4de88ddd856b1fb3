interface Need {
  readonly access: 'read' | 'write';
  /** What the App does with it. */
  readonly reason: string;
}

/** What the App may do, by GitHub's names, and why. app.yml asks for these and no others. */
export const APP_PERMISSIONS: { readonly [permission: string]: Need } = {
  metadata: { access: 'read', reason: 'GitHub gives it to every App' },
  contents: { access: 'read', reason: 'the configuration and the roles of the default branch, and the registry' },
  actions: {
    access: 'write',
    reason: 'reads the runs and what they leave; starts trainings again, lets them run and starts the override',
  },
  checks: { access: 'write', reason: 'the check "touchstone"' },
  pull_requests: { access: 'write', reason: 'the comment, and the replies to commands' },
  issues: { access: 'read', reason: 'GitHub tells of no comment without it, on pull requests either' },
  merge_queues: { access: 'read', reason: 'merge groups wait for the check too' },
};

/** What GitHub tells the App of, by GitHub's names, and why. app.yml asks for these and no others. */
export const APP_EVENTS: { readonly [event: string]: string } = {
  pull_request: 'a pull request is opened, pushed to or closed',
  issue_comment: 'commands',
  workflow_run: 'a training or a judgement begins or ends',
  workflow_job: 'the stage that a training is in',
  check_run: 'the buttons of the check, and "Re-run"',
  check_suite: '"Re-run all checks"',
  merge_group: 'a merge queue asks for the check',
};

/** Where the App takes deliveries: Probot's own path. */
export const WEBHOOK_PATH = '/api/github/webhooks';
