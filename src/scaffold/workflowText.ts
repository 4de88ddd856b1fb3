/** A release of Touchstone: the commit that workflows pin, and the tag that says to a person which one it is. */
export interface Release {
  /** `owner/name` */
  readonly repository: string;
  /** `v1.4.0` */
  readonly tag: string;
  /** 40 hex digits. */
  readonly sha: string;
}

/** The workflows of a pull request: what trains it, what judges it, what takes a person's word on it. */
export const WORKFLOW_FILES = ['touchstone-pr.yml', 'touchstone-judge.yml', 'touchstone-override.yml'] as const;
export type WorkflowFile = (typeof WORKFLOW_FILES)[number];
export type WorkflowTemplates = { readonly [file in WorkflowFile]: string };

/** Where GitHub looks for them. */
export const WORKFLOWS_FOLDER = '.github/workflows';

/** What is the team's own in a workflow. */
export interface WorkflowWishes {
  readonly release: Release;
  /** The labels of the runner that trains; what the template has where none are given. */
  readonly runsOn?: readonly [string, ...string[]];
}

/** `owner/name/actions/train@SHA # v1.4.0`, however old. */
const PIN = /(uses: )(\S+?)(\/actions\/[a-z-]+)@[0-9a-f]{40} # (v\S+)/g;
/** Where the training job says its runner: labels, of which the first is GitHub's own for a team's machine. */
const RUNNER = /^( *runs-on: )\[self-hosted[^\]\n]*\]$/m;
const LABEL = /^[A-Za-z0-9][\w.-]*$/;

/**
 * A template as it goes into a repository: Touchstone's actions at one release, and the labels of the team's runner.
 * The actions of others keep the commits that they are pinned to.
 *
 * @throws RangeError where a label would be more than a word of YAML.
 */
export function workflowText(template: string, { release, runsOn }: WorkflowWishes): string {
  const { repository, tag, sha } = release;
  const pinned = template.replace(PIN, (pin, uses: string, owner: string, action: string) =>
    owner === repository ? `${uses}${repository}${action}@${sha} # ${tag}` : pin,
  );
  if (runsOn === undefined) return pinned;
  const wrong = runsOn.find((label) => !LABEL.test(label));
  if (wrong !== undefined) throw new RangeError(`Invalid runner label ${JSON.stringify(wrong)}: expected one word.`);
  return pinned.replace(RUNNER, (_, before: string) => `${before}[${runsOn.join(', ')}]`);
}

/** The labels of the first job that runs on a team's own machine, where a workflow has one: `[self-hosted, gpu]`. */
export function runnerLabels(workflow: string): readonly [string, ...string[]] | undefined {
  const [, list] =
    /^ *runs-on: *\[([^\]\n]*)\]/m.exec(workflow.replaceAll(/^ *runs-on: *\[(?!.*self-hosted).*$/gm, '')) ?? [];
  const [first, ...others] = (list ?? '').split(',').map((label) => label.trim().replaceAll(/^["']|["']$/g, ''));
  if (first === undefined || ![first, ...others].every((label) => LABEL.test(label))) return undefined;
  return [first, ...others];
}

/** Which release a workflow runs, by the pins of Touchstone's actions in it; empty where it names none. */
export function pinsOf(workflow: string, repository: string): readonly string[] {
  const name = repository.replaceAll('.', '\\.');
  const uses = new RegExp(`uses: *["']?${name}/actions/[a-z-]+@([^\\s"'#]+)`, 'gi');
  return [...new Set([...workflow.matchAll(uses)].flatMap(([, ref]) => (ref === undefined ? [] : [ref])))];
}
