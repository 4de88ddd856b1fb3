import { WorkflowError } from './written.ts';

/**
 * How the runner calls a shell for a script: docs.github.com, "Workflow syntax", jobs.<job_id>.steps[*].shell. Without one
 * named, bash gets no `pipefail`.
 */
export function shellCommand(shell: string | undefined, script: string): readonly string[] {
  switch (shell) {
    case undefined:
      return ['bash', '-e', script];
    case 'bash':
      return ['bash', '--noprofile', '--norc', '-eo', 'pipefail', script];
    case 'sh':
      return ['sh', '-e', script];
    case 'python':
      return ['python', script];
  }
  throw new WorkflowError(`shell: ${shell}: the runner knows bash, sh and python`);
}
