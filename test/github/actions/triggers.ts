import { matchesFilter } from './filterPattern.ts';
import { isWrittenList, isWrittenMap, literal, mapping, WorkflowError } from './written.ts';

import type { WorkflowTemplate } from '@actions/workflow-parser';

import type { Written, WrittenMap } from './written.ts';

/** The events that the runner starts workflows for. */
const eventNames = [
  'pull_request',
  'pull_request_target',
  'push',
  'merge_group',
  'workflow_run',
  'workflow_dispatch',
  'schedule',
  'issue_comment',
] as const;
export type EventName = (typeof eventNames)[number];

const inputTypes = ['string', 'boolean', 'choice', 'environment', 'number'] as const;

export type DispatchInput = {
  readonly type: (typeof inputTypes)[number];
  readonly required: boolean;
  readonly default?: string;
  readonly options?: readonly string[];
};

type Filters = {
  readonly types?: readonly string[];
  readonly branches?: readonly string[];
  readonly 'branches-ignore'?: readonly string[];
  readonly tags?: readonly string[];
  readonly 'tags-ignore'?: readonly string[];
  readonly paths?: readonly string[];
  readonly 'paths-ignore'?: readonly string[];
  readonly workflows?: readonly string[];
};

/** The `on` of a workflow file. */
export type Triggers = {
  readonly filters: ReadonlyMap<EventName, Filters>;
  readonly crons: readonly string[];
  readonly inputs: ReadonlyMap<string, DispatchInput>;
};

/** Something that happened, as far as filters ask. */
export type Occurrence = {
  readonly event: EventName;
  readonly action?: string;
  /** What `branches` filters: the base of a pull request or group, the pushed branch, the branch of the run before. */
  readonly branch?: string;
  readonly tag?: string;
  /** The name of the workflow whose run this is about. */
  readonly workflow?: string;
  readonly cron?: string;
  /** Asked only where a filter looks at paths. */
  readonly changedPaths?: () => Promise<readonly string[]>;
};

/** What each event starts where `types` is absent; for the others that is every activity. */
const defaultTypes: { readonly [Event in EventName]?: readonly string[] } = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
  // That a group is gone is told to Apps alone.
  merge_group: ['checks_requested'],
};

/** Takes the events of a parsed file; one that the runner starts nothing for is an error. */
export function parseTriggers(events: WorkflowTemplate['events'], on: Written | undefined, path: string): Triggers {
  const filters = new Map<EventName, Filters>();
  for (const [event, config] of Object.entries(events)) {
    const known = eventNames.find((name) => name === event);
    if (known === undefined) {
      throw new WorkflowError(`${path}: on.${event}: the runner knows ${eventNames.join(', ')}`);
    }
    filters.set(known, config as Filters);
  }
  const dispatch = isWrittenMap(on) ? mapping(on.get('workflow_dispatch'), `${path}: on.workflow_dispatch`) : undefined;
  const inputs = [...mapping(dispatch?.get('inputs'), `${path}: on.workflow_dispatch.inputs`)];
  return {
    filters,
    crons: (events.schedule ?? []).map((each) => each.cron),
    inputs: new Map(inputs.map(([name, input]) => [name, dispatchInput(mapping(input, `${path}: input ${name}`))])),
  };
}

// From the text as it stands: the parser's conversion forgets inputs of type number.
function dispatchInput(input: WrittenMap): DispatchInput {
  const value = input.get('default');
  const options = input.get('options');
  return {
    type: inputTypes.find((each) => each === input.get('type')) ?? 'string',
    required: input.get('required') === true,
    ...(value !== undefined && { default: literal(value, '') }),
    ...(isWrittenList(options) && { options: options.map((option) => literal(option, '')) }),
  };
}

/** Whether what happened starts a workflow. */
export async function starts(triggers: Triggers, occurrence: Occurrence): Promise<boolean> {
  const filters = triggers.filters.get(occurrence.event);
  if (filters === undefined) return false;
  if (occurrence.event === 'schedule') return triggers.crons.includes(occurrence.cron ?? '');
  const types = filters.types ?? defaultTypes[occurrence.event];
  if (types !== undefined && occurrence.action !== undefined && !types.includes(occurrence.action)) return false;
  if (filters.workflows !== undefined && !matchesFilter(occurrence.workflow ?? '', filters.workflows)) return false;
  if (occurrence.tag === undefined) {
    if (!passes(occurrence.branch ?? '', filters.branches, filters['branches-ignore'])) return false;
    // A push filtered by tags alone is not started by branches, and the other way round.
    if (occurrence.event === 'push' && namesOnly(filters, 'tags', 'branches')) return false;
  } else {
    if (!passes(occurrence.tag, filters.tags, filters['tags-ignore'])) return false;
    // GitHub evaluates no path filter for tags.
    return !namesOnly(filters, 'branches', 'tags');
  }
  if (filters.paths === undefined && filters['paths-ignore'] === undefined) return true;
  const paths = (await occurrence.changedPaths?.()) ?? [];
  return paths.some((path) => passes(path, filters.paths, filters['paths-ignore']));
}

function passes(name: string, wanted: readonly string[] | undefined, ignored: readonly string[] | undefined): boolean {
  if (wanted !== undefined && !matchesFilter(name, wanted)) return false;
  return ignored === undefined || !matchesFilter(name, ignored);
}

function namesOnly(filters: Filters, one: 'tags' | 'branches', other: 'tags' | 'branches'): boolean {
  const names = (of: 'tags' | 'branches'): boolean =>
    filters[of] !== undefined || filters[`${of}-ignore`] !== undefined;
  return names(one) && !names(other);
}
