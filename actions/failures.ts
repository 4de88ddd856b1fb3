import { ServiceFailure, UserMistake } from '../src/failure.ts';
import { missingPermission } from '../src/adapters/github/missingPermission.ts';
import { annotateProblem, type Annotation } from '../src/report/annotation.ts';
import type { HostEnvironment } from '../src/training/commandEnvironment.ts';
import type { ActionContract } from './contracts.ts';

/** How the work of an action failed, ready to be told. */
export interface ActionFailure {
  readonly reasonCode: string;
  /** For the log: as long as it is. */
  readonly message: string;
  readonly annotations: readonly Annotation[];
  /** For the job summary. */
  readonly markdown: string;
}

interface Circumstances {
  readonly contract: ActionContract;
  readonly cancelled: AbortSignal;
  readonly env: HostEnvironment;
}

export function describeFailure(error: unknown, { contract, cancelled, env }: Circumstances): ActionFailure {
  const title = `touchstone ${contract.name}`;
  // Whatever the cancellation made fail first, it was the cancellation.
  if (cancelled.aborted) return failure('interrupted', 'Cancelled; what training had left is kept.', title);
  if (error instanceof UserMistake) {
    const annotations = error.problems.map((problem) => annotateProblem(problem, title));
    return { ...failure(error.code, error.message, title), annotations };
  }
  if (error instanceof ServiceFailure) return failure(error.code, error.message, title);
  if (isAnswer(error)) {
    const missing = missingPermission(error, {
      permissions: contract.permissions,
      workflow: env['GITHUB_WORKFLOW_REF'],
    });
    if (missing !== undefined) return failure('permission_denied', missing, title);
    return failure('github-failed', `${answered(error)}. Run the job again: nothing is done twice.`, title);
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = `This is a bug in Touchstone, not a mistake of yours. Please report it with these lines:\n${trace}`;
  return failure('bug', message, title);
}

function failure(reasonCode: string, message: string, title: string): ActionFailure {
  const annotations: readonly Annotation[] = [{ severity: 'error', title, message }];
  return { reasonCode, message, annotations, markdown: `### ❌ ${title}\n\n${preformatted(message)}` };
}

// A fence longer than any run of backticks inside cannot be closed from inside.
function preformatted(message: string): string {
  const longest = Math.max(2, ...[...message.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${message}\n${fence}`;
}

/** An error of Octokit: GitHub answered, and not what was asked for; or not at all, which Octokit calls 500. */
interface GitHubAnswer extends Error {
  readonly status: number;
  readonly request?: { readonly method?: string; readonly url?: string };
  readonly response?: object;
}

function answered({ status, message, request, response }: GitHubAnswer): string {
  const asked = request === undefined ? '' : ` ${request.method ?? 'GET'} ${pathOf(request.url ?? '')}`;
  if (status >= 500 && response === undefined) return `GitHub gave no answer to${asked || ' a request'}: ${message}`;
  return `GitHub answered ${status}${asked && ` to${asked}`}: ${message}`;
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

function isAnswer(error: unknown): error is GitHubAnswer {
  return error instanceof Error && error.name === 'HttpError' && 'status' in error && typeof error.status === 'number';
}
