import { whoAnswers, type AnsweredBy } from '../pullRequest/judgingWorkflow.ts';
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

/** Without these no pull request is judged. The others carry out what the App is told to do. */
const ESSENTIAL: readonly WorkflowFile[] = ['touchstone-pr.yml', 'touchstone-judge.yml'];

/** Whether the workflows stand where GitHub takes them from, and are what this release writes. */
export function checkWorkflowFiles(
  settings: RepositorySettings,
  released: Released,
  answers: AnsweredBy,
): readonly Check[] {
  const { workflows, defaultBranch, mergeQueue } = settings;
  const missing = ESSENTIAL.filter((file) => workflows[file] === undefined);
  if (missing.length > 0) {
    const nothing = missing.length === ESSENTIAL.length;
    const found = `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not on ${defaultBranch}: ${nothing ? 'no pull request is judged' : 'one does nothing without the other'}`;
    return [(nothing ? warning : problem)('github.workflows', found, { remedy: WRITE })];
  }
  return [
    ...WORKFLOW_FILES.flatMap((file) => {
      const text = workflows[file];
      return text === undefined ? checkMissing(file, defaultBranch, answers) : [checkFile(file, text, released)];
    }),
    ...checkQueue(workflows['touchstone-pr.yml'] ?? '', mergeQueue.kind === 'read' && mergeQueue.value),
  ];
}

const WRITE = 'Run: touchstone init, commit what it writes, and merge it';

const idOf = (file: WorkflowFile): string => `github.workflows.${file.replace(/\.yml$/, '')}`;

/** `touchstone-override.yml` is what /override starts: a command of the App. */
function checkMissing(file: WorkflowFile, defaultBranch: string, answers: AnsweredBy): readonly Check[] {
  if (answers !== 'app') return [];
  const command = file.replace(/^touchstone-(.+)\.yml$/, '/$1');
  return [warning(idOf(file), `${file} is not on ${defaultBranch}: ${command} does not work`, { remedy: WRITE })];
}

function checkFile(file: WorkflowFile, text: string, { release, templates }: Released): Check {
  const id = idOf(file);
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
  if (lines.length === 0) return ok(id, `${file} is as ${release.tag} writes it${needlessRights(text)}`);
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
 * Lines that are not those of the other text, by their numbers from 1. Which machine trains, where the configuration lies and
 * who answers is for a team to say.
 */
function changedLines(text: string, expected: string): readonly number[] {
  const appAnswers = whoAnswers(text) === 'app';
  const [ours, theirs] = [linesOf(text, appAnswers), linesOf(expected, appAnswers)];
  const longest = Math.max(ours.length, theirs.length);
  return Array.from({ length: longest }, (_, at) => at).flatMap((at) =>
    ours[at]?.text === theirs[at]?.text ? [] : [ours[at]?.number ?? (ours.at(-1)?.number ?? 0) + 1],
  );
}

interface Line {
  readonly number: number;
  readonly text: string;
}

function linesOf(workflow: string, appAnswers: boolean): readonly Line[] {
  const kept = `${workflow.trimEnd()}\n`
    .replaceAll(/[^\S\n]+$/gm, '')
    .replace(TRAINING_MACHINE, '$1')
    .replaceAll(ONLY_CONFIG, leftOut)
    .replaceAll(CONFIG, leftOut)
    .replaceAll(ANSWERED_BY, leftOut)
    .replace(PUBLISHING_JOB, (job) => (appAnswers ? job.replaceAll(RIGHTS_TO_ANSWER, leftOut) : job));
  return kept
    .split('\n')
    .map((text, at) => ({ number: at + 1, text }))
    .filter(({ text }) => text !== LEFT_OUT);
}

/** In place of a line that is not compared, so that those after it keep their numbers. */
const LEFT_OUT = '\0';
const leftOut = (lines: string): string => lines.replaceAll(/.+/g, LEFT_OUT);

/** From the job that trains to its machine. */
const TRAINING_MACHINE = /(^ {2}train:\n(?: {3,}.*\n)*? {4}runs-on:).*$/m;

/** Where the configuration lies, as an input of a step; the second one stands among others. */
const ONLY_CONFIG = /^ {8}with:\n {10}config:.*\n(?! {10})/gm;
const CONFIG = /^ {10}config:.*\n/gm;

const ANSWERED_BY = /^ {10}answered-by: *(["']?)(?:app|job)\1(?: +#.*)?\n/gm;

/** To the next job, or the end. */
const PUBLISHING_JOB = /^ {2}publish:\n(?: {3,}.*\n|\n)*/m;

/** What the job needs to answer, and not to record. No other job of it has them. */
const RIGHTS_TO_ANSWER = /^ {6}(?:checks|pull-requests): write(?: +#.*)?\n/gm;

function needlessRights(workflow: string): string {
  if (whoAnswers(workflow) !== 'app') return '';
  const [publishing = ''] = PUBLISHING_JOB.exec(workflow) ?? [];
  const found = [...publishing.matchAll(RIGHTS_TO_ANSWER)].map(([line]) => `"${line.replace(/#.*/, '').trim()}"`);
  return found.length === 0 ? '' : `; the App answers, so its job "publish" does without ${found.join(' and ')}`;
}

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
