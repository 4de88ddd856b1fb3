import * as v from 'valibot';
import { isCommitSha, isRepositoryName, type CommitSha, type RepositoryName } from '../src/identity/git.ts';
import { BUTTON_NAMES, type ButtonName } from '../src/pullRequest/checkButtons.ts';
import { CHECK_NAME } from '../src/pullRequest/checkOutput.ts';
import { PULL_REQUEST_WORKFLOW } from '../src/pullRequest/identifyRun.ts';
import { JUDGE_WORKFLOW, OVERRIDE_WORKFLOW } from '../src/pullRequest/judgingRuns.ts';
import { parseJudgingTitle, parseOverrideTitle } from '../src/pullRequest/judgingTitle.ts';
import { branchOfGroup } from '../src/pullRequest/mergeGroup.ts';
import { parseCommand } from '../src/conversation/command.ts';

/** A repository, and by whose leave the App is in it. */
export interface Place {
  readonly installation: number;
  readonly repository: RepositoryName;
}

/**
 * Where something may have changed. A webhook is believed in nothing else: what is so, is read from GitHub.
 * Only a button that is pressed leaves no trace there: who pressed it is taken from the (signed) webhook.
 */
export type Hint =
  | { readonly kind: 'pull'; readonly place: Place; readonly number: number }
  | {
      readonly kind: 'head';
      readonly place: Place;
      readonly head: CommitSha;
      /** Absent where it is gone, as the fork may be. */
      readonly branch?: string;
      readonly from?: RepositoryName;
    }
  /** A run that trained, or one of it, has gone on. */
  | { readonly kind: 'run'; readonly place: Place; readonly run: number }
  | { readonly kind: 'command'; readonly place: Place; readonly number: number; readonly comment: number }
  | {
      readonly kind: 'press';
      readonly place: Place;
      readonly head: CommitSha;
      /** `again` is GitHub's own "Re-run". */
      readonly button: ButtonName | 'again';
      readonly by: string;
    }
  | { readonly kind: 'group'; readonly place: Place; readonly group: CommitSha; readonly branch: string }
  /** New to us, or allowed something else now. */
  | { readonly kind: 'installation'; readonly installation: number };

const number = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const sha = v.custom<CommitSha>((text) => typeof text === 'string' && isCommitSha(text));
const repositoryName = v.custom<RepositoryName>((text) => typeof text === 'string' && isRepositoryName(text));
const person = v.object({ login: v.string(), type: v.literal('User') });

const placed = v.object({
  action: v.optional(v.string(), ''),
  installation: v.object({ id: number }),
  repository: v.object({ full_name: repositoryName, default_branch: v.optional(v.string(), '') }),
});
const pullRequest = v.object({ pull_request: v.object({ number }) });
const comment = v.object({
  issue: v.object({ number, pull_request: v.object({}) }),
  comment: v.object({ id: number, body: v.string(), user: person }),
  sender: person,
});
const workflowRun = v.object({
  workflow_run: v.object({
    path: v.string(),
    event: v.string(),
    head_sha: sha,
    head_branch: v.nullish(v.string()),
    display_title: v.optional(v.string(), ''),
    head_repository: v.nullish(v.object({ full_name: v.string() })),
  }),
});
const workflowJob = v.object({
  workflow_job: v.object({
    run_id: number,
    workflow_name: v.nullish(v.string()),
    head_sha: sha,
    head_branch: v.nullish(v.string()),
  }),
});
const checkRun = v.object({
  check_run: v.object({ name: v.literal(CHECK_NAME), head_sha: sha }),
  requested_action: v.nullish(v.object({ identifier: v.picklist(BUTTON_NAMES) })),
  sender: person,
});
const checkSuite = v.object({ check_suite: v.object({ head_sha: sha }), sender: person });
const mergeGroup = v.object({ merge_group: v.object({ head_sha: sha, base_ref: v.string() }) });
const installation = v.object({ action: v.optional(v.string(), ''), installation: v.object({ id: number }) });

/** What a webhook hints at; nothing where it is about something else, or is not what GitHub describes. */
export function hintsOf(name: string, payload: unknown): readonly Hint[] {
  if (name === 'installation' || name === 'installation_repositories') return ofInstallation(payload);
  const found = v.safeParse(placed, payload);
  if (!found.success) return [];
  const { action, repository, installation: by } = found.output;
  const place = { installation: by.id, repository: repository.full_name };
  switch (name) {
    case 'pull_request':
      return ofPull(action, payload, place);
    case 'issue_comment':
      return action === 'created' ? ofComment(payload, place) : [];
    case 'workflow_run':
      return ofRun(payload, place);
    case 'workflow_job':
      return action === 'in_progress' ? ofJob(payload, place) : [];
    case 'check_run':
      return action === 'requested_action' || action === 'rerequested' ? ofCheck(action, payload, place) : [];
    case 'check_suite':
      return action === 'rerequested' ? ofSuite(payload, place) : [];
    case 'merge_group':
      return action === 'checks_requested' ? ofGroup(payload, place) : [];
    default:
      return [];
  }
}

/** Whatever else happens to a pull request, its answer stays the same. */
const PULL_ACTIONS = ['opened', 'reopened', 'synchronize', 'edited', 'closed', 'ready_for_review'];

function ofPull(action: string, payload: unknown, place: Place): readonly Hint[] {
  const found = v.safeParse(pullRequest, payload);
  if (!found.success || !PULL_ACTIONS.includes(action)) return [];
  return [{ kind: 'pull', place, number: found.output.pull_request.number }];
}

function ofComment(payload: unknown, place: Place): readonly Hint[] {
  const found = v.safeParse(comment, payload);
  if (!found.success || parseCommand(found.output.comment.body).kind === 'none') return [];
  return [{ kind: 'command', place, number: found.output.issue.number, comment: found.output.comment.id }];
}

function ofRun(payload: unknown, place: Place): readonly Hint[] {
  const found = v.safeParse(workflowRun, payload);
  if (!found.success) return [];
  const {
    path,
    event,
    head_sha: head,
    head_branch: branch,
    display_title: title,
    head_repository,
  } = found.output.workflow_run;
  const from = head_repository?.full_name;
  switch (path.replace(/@.*$/s, '')) {
    case PULL_REQUEST_WORKFLOW:
      if (event === 'merge_group') return ofGroupBranch(head, branch ?? '', place);
      return event === 'pull_request'
        ? [
            {
              kind: 'head',
              place,
              head,
              branch: branch ?? '',
              ...(from !== undefined && isRepositoryName(from) && { from }),
            },
          ]
        : [];
    case `.github/workflows/${JUDGE_WORKFLOW}`: {
      const run = parseJudgingTitle(title);
      return run === undefined ? [] : [{ kind: 'run', place, run }];
    }
    case `.github/workflows/${OVERRIDE_WORKFLOW}`: {
      const run = parseOverrideTitle(title)?.run;
      return run === undefined ? [] : [{ kind: 'run', place, run }];
    }
    default:
      return [];
  }
}

function ofJob(payload: unknown, place: Place): readonly Hint[] {
  const found = v.safeParse(workflowJob, payload);
  if (!found.success || found.output.workflow_job.workflow_name !== 'touchstone-pr') return [];
  return [{ kind: 'run', place, run: found.output.workflow_job.run_id }];
}

function ofCheck(action: string, payload: unknown, place: Place): readonly Hint[] {
  const found = v.safeParse(checkRun, payload);
  if (!found.success) return [];
  const { check_run: check, requested_action: asked, sender } = found.output;
  const button = action === 'rerequested' ? 'again' : asked?.identifier;
  return button === undefined ? [] : [{ kind: 'press', place, head: check.head_sha, button, by: sender.login }];
}

function ofSuite(payload: unknown, place: Place): readonly Hint[] {
  const found = v.safeParse(checkSuite, payload);
  if (!found.success) return [];
  const { check_suite: suite, sender } = found.output;
  return [{ kind: 'press', place, head: suite.head_sha, button: 'again', by: sender.login }];
}

function ofGroup(payload: unknown, place: Place): readonly Hint[] {
  const found = v.safeParse(mergeGroup, payload);
  if (!found.success) return [];
  const { head_sha: group, base_ref: base } = found.output.merge_group;
  return [{ kind: 'group', place, group, branch: base.replace(/^refs\/heads\//, '') }];
}

function ofGroupBranch(group: CommitSha, headBranch: string, place: Place): readonly Hint[] {
  const branch = branchOfGroup(headBranch);
  return branch === undefined ? [] : [{ kind: 'group', place, group, branch }];
}

function ofInstallation(payload: unknown): readonly Hint[] {
  const found = v.safeParse(installation, payload);
  const isGone = found.success && ['deleted', 'suspend', 'removed'].includes(found.output.action);
  return found.success && !isGone ? [{ kind: 'installation', installation: found.output.installation.id }] : [];
}
