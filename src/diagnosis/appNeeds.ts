interface Need {
  readonly access: 'read' | 'write';
  /** What the App does with it. */
  readonly reason: string;
}

/** What the App may do, by GitHub's names, and why. app.yml asks for these and no others. */
export const APP_PERMISSIONS = {
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
} as const satisfies { readonly [permission: string]: Need };

interface ToldOf {
  /** Without it GitHub refuses to tell: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
  readonly needs: keyof typeof APP_PERMISSIONS;
  readonly reason: string;
}

/** As {@link APP_PERMISSIONS}; `undefined` for what the App does not need. */
export function needOf(permission: string): Need | undefined {
  return Object.entries(APP_PERMISSIONS).find(([name]) => name === permission)?.[1];
}

/** What GitHub tells the App of, by GitHub's names, and why. app.yml asks for these and no others. */
export const APP_EVENTS = {
  pull_request: { needs: 'pull_requests', reason: 'a pull request is opened, pushed to or closed' },
  issue_comment: { needs: 'issues', reason: 'commands' },
  workflow_run: { needs: 'actions', reason: 'a training or a judgement begins or ends' },
  workflow_job: { needs: 'actions', reason: 'the stage that a training is in' },
  check_run: { needs: 'checks', reason: 'the buttons of the check, and "Re-run"' },
  check_suite: { needs: 'checks', reason: '"Re-run all checks"' },
  merge_group: { needs: 'merge_queues', reason: 'a merge queue asks for the check' },
} as const satisfies { readonly [event: string]: ToldOf };

/** Where the App takes deliveries: Probot's own path. */
export const WEBHOOK_PATH = '/api/github/webhooks';
