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
        `No workflows were written: GitHub looks for them at the top of ${clone.repository} alone, and this is a folder of it. docs/workflows.md of Touchstone tells how they are told where touchstone.yml is.`,
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
      'touchstone-override.yml': fill(templates['touchstone-override.yml']),
    },
    notes: [
      `For pull requests there is more to set: the labels of your runner in ${WORKFLOWS_FOLDER}/${training}${labels}, "registry: github:" in touchstone.yml, and the check "touchstone" as a required one. GitHub judges from the default branch alone, so the pull request that brings these files gets no answer, and the next one does. "touchstone doctor" tells what is missing, docs/workflows.md of Touchstone why.`,
    ],
  };
}
