import { open } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { listedRun } from '../../src/adapters/github/runs.ts';
import type { PublishOutcome } from '../../src/commands/publish.ts';
import { UserMistake } from '../../src/failure.ts';
import { isCommitSha, type CommitSha } from '../../src/identity/git.ts';
import type { Links } from '../../src/pullRequest/commentText.ts';
import { JUDGEMENT_BYTES } from '../../src/pullRequest/headJudgementDocument.ts';
import type { HeadAnswer } from '../../src/pullRequest/standing.ts';
import { publishRun } from '../../src/workbench/publishBench.ts';
import type { InputsOf, PUBLISH } from '../contracts.ts';
import type { ActionOutcome } from '../outcome.ts';
import type { Action } from '../runAction.ts';
import type { WorkflowRun } from '../workflowRun.ts';
import { tellPublished } from './tellPublished.ts';

const payload = v.object({
  repository: v.object({ default_branch: v.string() }),
  workflow_run: v.optional(v.looseObject({ id: v.number() })),
});

/** Puts the verdict on record and answers the pull request. Fails where it could not; a verdict that blocks is none of its failures. */
export async function publish(action: Action<InputsOf<typeof PUBLISH.inputs>>): Promise<ActionOutcome> {
  const { inputs, run, process, terminal } = action;
  const event = v.parse(payload, run.event.payload);
  const document = inputs.judgement === undefined ? undefined : await readDocument(inputs.judgement);
  const told = event.workflow_run?.id === inputs.run ? listedRun(`run ${inputs.run}`, event.workflow_run) : undefined;
  const found = await publishRun(
    {
      judging: {
        repository: run.repository,
        event: run.event.name,
        ref: run.ref,
        defaultBranch: event.repository.default_branch,
        id: run.id,
        attempt: run.attempt,
      },
      run: inputs.run,
      judged: inputs.judged,
      ...(document && { document }),
      links: linksOf(run),
      policyCommit: commitOf(run.sha),
      ...(inputs.config !== undefined && { config: inputs.config }),
      ...(told && { told }),
      token: inputs.token,
    },
    await action.gitHub(inputs.token),
    process,
    terminal,
  );
  const { conclusion, title } = found.standing;
  const { lines, summary, annotations } = tellPublished(found);
  for (const line of lines) terminal.progress(line);
  const [verdict] = verdictsOf(found.answer);
  return {
    ...(verdict !== undefined && verdictsOf(found.answer).length === 1 && { verdict }),
    blocks: conclusion !== 'success',
    reasonCode: reasonOf(found),
    result: {
      schema: 'touchstone/published/v1',
      head: found.head,
      conclusion,
      title,
      check: found.check,
      comments: found.comments.map(({ pull, done }) => ({ pull, done })),
      recorded: found.recorded,
    },
    outputs: {},
    summary,
    annotations,
    fails: found.answer?.kind === 'unjudged',
  };
}

function verdictsOf(
  answer: HeadAnswer | undefined,
): readonly ('accepted' | 'rejected' | 'inconclusive' | 'not-compared')[] {
  if (answer?.kind !== 'judged' || answer.judgement.outcome.kind !== 'models') return [];
  const { sections } = answer.judgement.outcome;
  return sections.flatMap((section) => (section.kind === 'judged' ? [section.run.judgement.verdict.kind] : []));
}

function reasonOf({ kind, answer }: PublishOutcome): string {
  if (answer === undefined) return kind;
  if (answer.kind === 'unjudged') return answer.because.kind;
  const { outcome } = answer.judgement;
  if (outcome.kind !== 'models') return outcome.kind;
  const [only, ...others] = outcome.sections;
  if (others.length > 0) return outcome.kind;
  if (only.kind === 'judged') return only.run.judgement.verdict.kind;
  return only.kind === 'not-judged' ? only.because : only.kind;
}

/** `judgement.json` of a folder, and no more of it than can be a judgement; `undefined` where there is none. */
async function readDocument(folder: string): Promise<Uint8Array | undefined> {
  let file;
  try {
    file = await open(path.join(folder, 'judgement.json'), 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
  try {
    // One byte more than is taken, so that what is too long is seen to be.
    const room = new Uint8Array(Math.min((await file.stat()).size, JUDGEMENT_BYTES) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(room, length, room.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === room.length) return room.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}

function linksOf({ serverUrl, repository, id }: WorkflowRun): Links {
  const site = `${serverUrl}/${repository}`;
  return {
    commit: (sha) => `${site}/commit/${sha}`,
    run: (number) => `${site}/actions/runs/${number}`,
    report: `${site}/actions/runs/${id}#artifacts`,
  };
}

function commitOf(sha: string): CommitSha {
  if (isCommitSha(sha)) return sha;
  throw new UserMistake('no-runner', { where: 'GITHUB_SHA', found: `it is "${sha}"`, expected: 'a commit' });
}
