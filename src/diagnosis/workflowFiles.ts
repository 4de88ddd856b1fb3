import {
  pinsOf,
  WORKFLOW_FILES,
  workflowText,
  type Release,
  type WorkflowFile,
  type WorkflowTemplates,
} from '../scaffold/workflowText.ts';
import { ok, problem, warning, type Check } from './check.ts';
import type { RepositorySettings } from './gitHubFacts.ts';

/** What Touchstone would write now. */
export interface Released {
  readonly release: Release;
  readonly templates: WorkflowTemplates;
}

/** Whether the two workflows stand where GitHub takes them from, and are what this release writes. */
export function checkWorkflowFiles(settings: RepositorySettings, released: Released): readonly Check[] {
  const { workflows, defaultBranch, mergeQueue } = settings;
  const missing = WORKFLOW_FILES.filter((file) => workflows[file] === undefined);
  if (missing.length > 0) {
    const nothing = missing.length === WORKFLOW_FILES.length;
    const found = `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not on ${defaultBranch}: ${nothing ? 'no pull request is judged' : 'one does nothing without the other'}`;
    const remedy = 'Run: touchstone init, commit what it writes, and merge it';
    return [(nothing ? warning : problem)('github.workflows', found, { remedy })];
  }
  return [
    ...WORKFLOW_FILES.map((file) => checkFile(file, workflows[file] ?? '', released)),
    ...checkQueue(workflows['touchstone-pr.yml'] ?? '', mergeQueue.kind === 'read' && mergeQueue.value),
  ];
}

function checkFile(file: WorkflowFile, text: string, { release, templates }: Released): Check {
  const id = `github.workflows.${file.replace(/\.yml$/, '')}`;
  const pins = pinsOf(text, release.repository);
  if (pins.length === 0) {
    return problem(id, `${file} runs no action of ${release.repository}`, { remedy: writeAgain(file) });
  }
  const movable = pins.filter((pin) => !/^[0-9a-f]{40}$/.test(pin));
  if (movable.length > 0) {
    return problem(id, `${file} runs ${release.repository} at ${movable.join(', ')}, which can be moved`, {
      expected: 'a full commit',
      remedy: `Write ${release.sha} # ${release.tag} there`,
    });
  }
  const others = pins.filter((pin) => pin !== release.sha);
  if (others.length > 0) {
    return warning(id, `${file} runs another release than this program is: ${others.map(short).join(', ')}`, {
      expected: `${release.sha} # ${release.tag}`,
      remedy: writeAgain(file),
    });
  }
  const lines = changedLines(text, workflowText(templates[file], { release }));
  if (lines.length === 0) return ok(id, `${file} is as ${release.tag} writes it`);
  return warning(id, `${file} differs from what ${release.tag} writes, first in line ${lines[0] ?? 1}`, {
    expected: 'a difference that somebody wanted',
    remedy: `Compare it: ${rawFile(file, release)}`,
  });
}

const writeAgain = (file: WorkflowFile): string =>
  `Take what you changed out of .github/workflows/${file}, delete the file and run: touchstone init`;

const rawFile = (file: WorkflowFile, { repository, sha }: Release): string =>
  `https://github.com/${repository}/blob/${sha}/workflows-templates/${file}`;

const short = (pin: string): string => pin.slice(0, 12);

/**
 * Lines that are not those of the other text, by their numbers from 1. Which machine trains, and where the configuration
 * lies, is for a team to say.
 */
function changedLines(text: string, expected: string): readonly number[] {
  const [ours, theirs] = [linesOf(text), linesOf(expected)];
  const longest = Math.max(ours.length, theirs.length);
  return Array.from({ length: longest }, (_, at) => at).flatMap((at) => (ours[at] === theirs[at] ? [] : [at + 1]));
}

const linesOf = (text: string): readonly string[] =>
  text
    .trimEnd()
    .replaceAll(/[^\S\n]+$/gm, '')
    .replace(TRAINING_MACHINE, '$1')
    .replaceAll(ONLY_CONFIG, '')
    .replaceAll(CONFIG, '')
    .split('\n');

/** From the job that trains to its machine. */
const TRAINING_MACHINE = /(^ {2}train:\n(?: {3,}.*\n)*? {4}runs-on:).*$/m;

/** Where the configuration lies, as an input of a step; the second one stands among others. */
const ONLY_CONFIG = /^ {8}with:\n {10}config:.*\n(?! {10})/gm;
const CONFIG = /^ {10}config:.*\n/gm;

/** A queue asks for the check on commits of its own, and waits until its time is over for one that never comes. */
function checkQueue(training: string, on: boolean): readonly Check[] {
  if (!on) return [];
  const id = 'github.queue';
  const answered = training.split('\n').some((line) => /\bmerge_group\b/.test(line.replace(/#.*/, '')));
  if (answered) return [ok(id, 'the merge queue is answered')];
  return [
    problem(id, 'there is a merge queue, and touchstone-pr.yml does not run for it: nothing could be merged', {
      remedy: 'Add the line "merge_group:" below "on:" in touchstone-pr.yml',
    }),
  ];
}
