import { table } from '../report/markdown.ts';
import { markdownVoice as voice, plainVoice } from '../report/voice.ts';
import { printable } from '../wording/printable.ts';
import type { GateLines } from './checkAnnotations.ts';
import { onProblems } from './checkAnnotations.ts';
import { buttonsOf, type Button } from './checkButtons.ts';
import { checkOutput, type CheckOutput } from './checkOutput.ts';
import { waitsForApproval, type AnsweredHead, type Links } from './commentText.ts';
import { problems } from './commentSection.ts';
import type { PullFacts } from './pullFacts.ts';
import type { HeadProgress, JudgingFacts, TrainingJob, TrainingRun } from './headProgress.ts';
import type { RunReference } from './headJudgement.ts';

/** A check as the App has it stand: over or not, and what can be done about it. */
export interface ProgressOutput extends Omit<CheckOutput, 'conclusion'> {
  readonly conclusion?: CheckOutput['conclusion'];
  /** At most three; GitHub shows them once the check is over. */
  readonly buttons: readonly Button[];
  /** The run that it tells of; absent where there is none. */
  readonly of?: RunReference;
  /** Where its "Details" lead. */
  readonly url: string;
}

/** A check in words: where the head stands, what is awaited, what can be done. */
export function progressOutput(
  progress: Exclude<HeadProgress, { readonly kind: 'not-ours' }>,
  pull: Pick<PullFacts, 'head' | 'ruling'>,
  links: Links,
  gateLines: GateLines,
): ProgressOutput {
  const buttons = buttonsOf(progress);
  const said = (output: Said, of?: TrainingRun | JudgingFacts, url = of?.url): ProgressOutput => ({
    ...output,
    title: printable(output.title, LONGEST_TITLE),
    annotations: output.annotations ?? [],
    buttons: output.conclusion === undefined ? [] : buttons,
    ...(of && { of: { id: of.id, attempt: of.attempt } }),
    url: url ?? links.commit(pull.head),
  });
  switch (progress.kind) {
    case 'no-workflow':
      return said({
        conclusion: 'failure',
        title: `Nobody judges: touchstone-judge.yml is not on ${plainVoice.name(pull.ruling.name)}`,
        summary: `${voice.name(pull.ruling.name)} has a ${voice.name('touchstone.yml')} and no workflow that judges by it. ${voice.command('touchstone init')} writes the workflows; once they are merged, each pull request is answered.`,
      });
    case 'begins':
      return said({
        conclusion: 'success',
        title: 'Starts with this merge: from then on models are judged',
        summary: `The default branch has no ${voice.name('touchstone.yml')} yet, so that nothing rules here. The one that this pull request brings is valid: ${progress.models
          .slice(0, MOST_NAMED)
          .map((model) => voice.name(model))
          .join(', ')}.`,
      });
    case 'invalid-config':
      return said({
        conclusion: 'failure',
        title: 'touchstone.yml cannot be read',
        summary: problems(progress.problems),
        annotations: onProblems(progress.problems, 'touchstone.yml'),
      });
    case 'awaited':
      return said({
        title: 'Waits for touchstone-pr.yml to begin',
        summary: 'GitHub starts it by itself, within seconds as a rule.',
      });
    case 'not-started':
      return said(NOT_STARTED[progress.because]);
    case 'waits-for-approval':
      return said(
        {
          conclusion: 'action_required',
          title: 'Waits for somebody to approve the run that trains',
          summary: waitsForApproval(pull.head, progress.run.url, 'conversation').join('\n\n'),
        },
        progress.run,
      );
    case 'training':
      return said({ title: trainingTitle(progress), summary: jobsText(progress.jobs) }, progress.run);
    case 'judging':
      return said(
        {
          title: 'Judging',
          summary: `Training is over. ${progress.judging === undefined ? 'The judging run is to begin within a moment' : `[The judging run](${progress.judging.url}) is at work`}: it measures candidate and champion on the same rows, by the policy of ${voice.name(pull.ruling.name)}.`,
        },
        progress.judging ?? progress.run,
      );
    case 'unheard':
      return said(
        {
          conclusion: 'failure',
          title: 'Trained, and nobody has judged it',
          summary: `[The run that trains](${progress.run.url}) is over, and touchstone-judge.yml did not begin. It may be disabled, or GitHub lost the event. "Judge" starts it: ${voice.command(`gh workflow run touchstone-judge.yml -f run=${progress.run.id}`)} does the same.`,
        },
        progress.run,
      );
    case 'answered': {
      const of = answeredHead(progress, pull, links);
      return said(checkOutput(progress.answer, of, gateLines), progress.judging);
    }
  }
}

const LONGEST_TITLE = 250;
const MOST_NAMED = 10;

interface Said extends Omit<CheckOutput, 'conclusion' | 'annotations'> {
  readonly conclusion?: CheckOutput['conclusion'];
  readonly annotations?: CheckOutput['annotations'];
}

/** An answer, by whom and for whom it is. */
export function answeredHead(
  { run, judging, measured }: Extract<HeadProgress, { readonly kind: 'answered' }>,
  { head }: Pick<PullFacts, 'head'>,
  links: Links,
): AnsweredHead {
  return {
    ...{ head, links, trained: run.id, takesCommands: true },
    judging: { id: judging.id, attempt: judging.attempt },
    ...(measured && { reported: measured.id }),
  };
}

const NOT_STARTED: { readonly [because in Extract<HeadProgress, { kind: 'not-started' }>['because']]: Said } = {
  conflicts: {
    conclusion: 'action_required',
    title: 'Not trained: it cannot be merged as it stands',
    summary:
      'GitHub starts no workflow for a pull request with merge conflicts. Merge or rebase onto the base branch, and push.',
  },
  unknown: {
    conclusion: 'failure',
    title: 'Not trained: touchstone-pr.yml did not begin',
    summary: [
      'GitHub should have started it when the commit was pushed. What keeps it from doing so:',
      [
        '- `[skip ci]`, or a like word, in the message of the commit',
        '- the branch has no `.github/workflows/touchstone-pr.yml`, or one that cannot be read: merge the default branch into it',
        '- Actions, or that workflow, are disabled in the repository',
      ].join('\n'),
      'A push tries again.',
    ].join('\n\n'),
  },
};

/** What is at work, since when, and until when if that is known. */
function trainingTitle({ run, jobs, end }: Extract<HeadProgress, { readonly kind: 'training' }>): string {
  const working = jobs.filter(({ status }) => status === 'in_progress');
  const until = end === undefined ? '' : `, done by about ${clock(end)} UTC`;
  const [only, ...others] = working;
  if (only === undefined) {
    const waiting = jobs.find(({ status }) => status !== 'completed');
    return `Waits for a machine${waiting === undefined ? '' : `: ${plainVoice.name(waiting.name)}`} (since ${clock(run.startedAt)} UTC)`;
  }
  if (others.length > 0) return `${working.length} jobs at work${until}`;
  const step = only.step === undefined ? '' : `, ${plainVoice.name(only.step)}`;
  const since = only.startedAt === undefined ? '' : ` since ${clock(only.startedAt)}${until === '' ? ' UTC' : ''}`;
  return `At work: ${plainVoice.name(only.name)}${step}${since}${until}`;
}

/** `14:05`; UTC, since nobody knows where a reader is. */
function clock(at: Date): string {
  return at.toISOString().slice(11, 16);
}

const MOST_JOBS = 40;

function jobsText(jobs: readonly TrainingJob[]): string {
  if (jobs.length === 0) return 'No job has begun yet.';
  const rows = jobs.map((job) => [
    job.url === undefined ? voice.name(job.name) : `[${voice.prose(job.name)}](${job.url})`,
    job.status === 'completed' ? (job.conclusion ?? 'over') : job.status.replaceAll('_', ' '),
    job.step === undefined ? '' : voice.prose(job.step),
    job.startedAt === undefined || job.status === 'queued' ? '' : clock(job.startedAt),
  ]);
  const columns = ['Job', 'State', 'Step', 'Since (UTC)'].map((title) => ({ title, align: 'left' as const }));
  const shown = table({ columns, rows }, MOST_JOBS);
  return jobs.length > MOST_JOBS ? `${shown}\n\n${MOST_JOBS} of ${jobs.length} jobs shown.` : shown;
}
