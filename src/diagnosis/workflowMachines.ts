import { parse } from 'yaml';
import * as v from 'valibot';

/** A machine that is none of GitHub's: one that a team registered, and that outlives a job unless somebody saw to it. */
export interface OwnMachine {
  readonly labels: readonly string[];
  readonly group?: string;
}

const LABELS = v.union([v.string(), v.array(v.string())]);
const WORKFLOW = v.object({
  jobs: v.record(
    v.string(),
    v.object({
      'runs-on': v.optional(v.union([LABELS, v.object({ group: v.optional(v.string()), labels: v.optional(LABELS) })])),
    }),
  ),
});

/**
 * The machines of a team that the jobs of a workflow ask for, in their order. Labels that are computed are the team's own as
 * far as anybody can tell.
 */
export function ownMachines(workflow: string): readonly OwnMachine[] {
  const read = v.safeParse(WORKFLOW, parsed(workflow));
  if (!read.success) return [];
  return Object.values(read.output.jobs).flatMap(({ 'runs-on': asked }): readonly OwnMachine[] => {
    if (asked === undefined) return [];
    const { group, labels } =
      typeof asked === 'string' || Array.isArray(asked) ? { group: undefined, labels: asked } : asked;
    const named = labels === undefined ? [] : typeof labels === 'string' ? [labels] : labels;
    if (group === undefined && named.every(isOfGitHub)) return [];
    return [{ labels: named, ...(group !== undefined && { group }) }];
  });
}

function parsed(workflow: string): unknown {
  try {
    return parse(workflow, { logLevel: 'error' });
  } catch {
    return undefined;
  }
}

/** `ubuntu-latest`, `macos-15-xlarge`: https://docs.github.com/actions/reference/runners/github-hosted-runners */
const isOfGitHub = (label: string): boolean => /^(?:ubuntu|windows|macos)-[\w.-]+$/i.test(label);
