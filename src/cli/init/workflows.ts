import { gitHubClone, knownRunner } from '../../adapters/github/gitHubClone.ts';
import { TOUCHSTONE_RELEASE, workflowTemplates } from '../../adapters/touchstoneRelease.ts';
import { WORKFLOW_FILES, WORKFLOWS_FOLDER, workflowText, type WorkflowTemplates } from '../../scaffold/workflowText.ts';

/** What GitHub is to run for a project, and what there is to say of it. */
export interface ProjectWorkflows {
  /** Absent where GitHub would find none. */
  readonly texts?: WorkflowTemplates;
  readonly notes: readonly string[];
}

/** @param root absolute folder of the configuration. */
export async function workflowsFor(
  root: string,
  env: { readonly [name: string]: string | undefined },
): Promise<ProjectWorkflows> {
  const clone = await gitHubClone(root, env);
  if (clone.kind === 'not-on-github') {
    return {
      notes: ['No workflows were written: "origin" is not on GitHub. Once it is, "touchstone init" adds them.'],
    };
  }
  const [training] = WORKFLOW_FILES;
  if (!clone.top) {
    return {
      notes: [
        `No workflows were written: GitHub looks for them, and they for touchstone.yml, at the top of ${clone.repository} alone.`,
      ],
    };
  }
  const runsOn = await knownRunner(root);
  const templates = await workflowTemplates();
  const fill = (template: string): string =>
    workflowText(template, { release: TOUCHSTONE_RELEASE, ...(runsOn && { runsOn }) });
  const labels = runsOn === undefined ? '' : ` (now [${runsOn.join(', ')}], as another workflow has it)`;
  return {
    texts: {
      'touchstone-pr.yml': fill(templates['touchstone-pr.yml']),
      'touchstone-judge.yml': fill(templates['touchstone-judge.yml']),
    },
    notes: [
      `For pull requests there is more to set: the labels of your runner in ${WORKFLOWS_FOLDER}/${training}${labels}, "registry: github:" in touchstone.yml, and the check "touchstone" as a required one. "touchstone doctor" tells what is missing, docs/workflows.md why.`,
    ],
  };
}
