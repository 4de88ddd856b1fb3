import { resolve, text } from './expressions.ts';
import { WorkflowError } from './written.ts';

import type { Contexts, Json } from './expressions.ts';
import type { Demand } from './runners.ts';
import type { JobFile } from './workflowFile.ts';

/** What a job asks of a runner. */
export function demandOf(file: JobFile, contexts: Contexts): Demand {
  const value = resolve(file.runsOn, contexts);
  if (isObject(value)) {
    const unknown = Object.keys(value).filter((key) => key !== 'group' && key !== 'labels');
    if (unknown.length > 0) throw new WorkflowError(`runs-on: the runner does not know ${unknown.join(', ')}`);
    return {
      labels: labels(value['labels'] ?? []),
      group: value['group'] === undefined ? undefined : text(value['group'], 'runs-on.group'),
    };
  }
  return { labels: labels(value), group: undefined };
}

function labels(value: Json): readonly string[] {
  const list = (Array.isArray(value) ? value : [value]) as readonly Json[];
  return list.map((each) => {
    if (typeof each !== 'string' || each === '')
      throw new WorkflowError(`runs-on: expected labels, found ${JSON.stringify(value)}`);
    return each;
  });
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
