import path from 'node:path';
import * as v from 'valibot';
import { UserMistake } from '../../src/failure.ts';
import type { Json } from '../../src/identity/digest.ts';
import { isCommitSha, type CommitSha } from '../../src/identity/git.ts';
import type { HeadJudgement } from '../../src/pullRequest/headJudgement.ts';
import { formatHeadJudgement } from '../../src/pullRequest/headJudgementDocument.ts';
import type { JudgingRun } from '../../src/pullRequest/identifyRun.ts';
import { standingOf } from '../../src/pullRequest/standing.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { printable } from '../../src/wording/printable.ts';
import type { InputsOf, JUDGE } from '../contracts.ts';
import type { ActionOutcome } from '../outcome.ts';
import type { Action } from '../runAction.ts';

const payload = v.object({
  repository: v.object({ default_branch: v.string() }),
  workflow_run: v.optional(v.object({ id: v.number(), run_attempt: v.optional(v.number()) })),
});

/** Judges the head that a run trained. Fails where it cannot judge; a verdict that blocks is none of its failures. */
export async function judge(action: Action<InputsOf<typeof JUDGE.inputs>>): Promise<ActionOutcome<'judgement'>> {
  const { inputs, run, process, terminal } = action;
  await action.loadNativeParts();
  const { judgeRun, runsOf } = await import('../../src/workbench/headBench.ts');
  const event = v.parse(payload, run.event.payload);
  const judging: JudgingRun = {
    repository: run.repository,
    event: run.event.name,
    ref: run.ref,
    defaultBranch: event.repository.default_branch,
  };
  // The event names the attempt that ended; by hand the last one is meant.
  const attempt = event.workflow_run?.id === inputs.run ? event.workflow_run.run_attempt : undefined;
  const found = await judgeRun(
    {
      judging,
      policyCommit: commitOf(run.sha),
      run: inputs.run,
      ...(attempt !== undefined && { attempt }),
      ...(inputs.config !== undefined && { config: inputs.config }),
      temporary: path.join(run.temporary, 'touchstone-judge'),
    },
    await action.gitHub(inputs.token),
    process,
    terminal,
  );
  if (found.kind === 'merge-group') {
    return {
      blocks: false,
      reasonCode: 'merge-group',
      result: { schema: 'touchstone/head-judgement/v1' },
      outputs: { judgement: '' },
      summary: ['A merge group has nothing to judge: its pull requests are.'],
      fails: false,
    };
  }
  const { judgement, folder } = found;
  const reports = runsOf(judgement);
  const { conclusion, title } = standingOf({ kind: 'judged', judgement });
  terminal.progress(printable(title, 2000));
  const [only, ...others] = reports;
  return {
    ...(only !== undefined && others.length === 0 && { verdict: only.judgement.verdict.kind }),
    blocks: conclusion !== 'success',
    reasonCode: reasonOf(judgement),
    ...(only !== undefined && { report: path.join(folder, `${only.model}.html`) }),
    result: JSON.parse(formatHeadJudgement(judgement)) as { readonly schema: string; readonly [key: string]: Json },
    outputs: { judgement: folder },
    summary: reports.length === 0 ? [title] : reports.map((report) => renderMarkdown(report)),
    fails: false,
  };
}

function reasonOf({ outcome }: HeadJudgement): string {
  if (outcome.kind !== 'models') return outcome.kind;
  const [only, ...others] = outcome.sections;
  if (others.length > 0) return outcome.kind;
  switch (only.kind) {
    case 'judged':
      return only.run.judgement.verdict.kind;
    case 'not-judged':
      return only.because;
    case 'new':
    case 'removed':
      return only.kind;
  }
}

function commitOf(sha: string): CommitSha {
  if (isCommitSha(sha)) return sha;
  throw new UserMistake('no-runner', { where: 'GITHUB_SHA', found: `it is "${sha}"`, expected: 'a commit' });
}
