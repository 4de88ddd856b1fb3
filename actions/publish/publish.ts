import { mkdtemp, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { listedRun } from '../../src/adapters/github/runs.ts';
import type { PublishedGroup, PublishedHead } from '../../src/commands/publish.ts';
import type { VerdictKind } from '../../src/evaluation/verdict.ts';
import { UserMistake } from '../../src/failure.ts';
import { isCommitSha, type CommitSha } from '../../src/identity/git.ts';
import { ANSWER_FILE, formatRecordedAnswer, type RecordedAnswer } from '../../src/pullRequest/answerDocument.ts';
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

type PublishAction = Action<InputsOf<typeof PUBLISH.inputs>>;

/**
 * Puts the verdict on record and answers the pull request, or leaves that to the App. Fails where it could not; a verdict
 * that blocks is none of its failures.
 */
export async function publish(action: PublishAction): Promise<ActionOutcome<'answer'>> {
  const { inputs, run, process, terminal } = action;
  const event = v.parse(payload, run.event.payload);
  const document = inputs.judgement === undefined ? undefined : await readDocument(inputs.judgement);
  const knownRun =
    event.workflow_run?.id === inputs.run ? listedRun(`run ${inputs.run}`, event.workflow_run) : undefined;
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
      answeredBy: inputs['answered-by'],
      policyCommit: commitOf(run.sha),
      ...(inputs.config !== undefined && { config: inputs.config }),
      ...(knownRun && { told: knownRun }),
      token: inputs.token,
    },
    await action.gitHub(inputs.token),
    process,
    terminal,
  );
  const { lines, summary, annotations } = tellPublished(found);
  for (const line of lines) terminal.progress(line);
  const told = { summary, annotations };
  if (found.kind === 'merge-group') return { ...ofGroup(found), ...told, outputs: { answer: '' } };
  return { ...ofHead(found), ...told, outputs: { answer: await leaveAnswer(found.answered, run.temporary) } };
}

type Ended = Pick<ActionOutcome, 'verdict' | 'blocks' | 'reasonCode' | 'result' | 'fails'>;

const SCHEMA = 'touchstone/published/v1';

function ofHead(found: PublishedHead): Ended {
  const { answered, standing, shown, head, recorded } = found;
  const { answer } = answered;
  const [verdict, ...others] = verdictsOf(answer);
  return {
    ...(verdict !== undefined && others.length === 0 && { verdict }),
    blocks: standing.conclusion !== 'success',
    reasonCode: reasonOf(answer),
    result: {
      schema: SCHEMA,
      head,
      conclusion: standing.conclusion,
      title: standing.title,
      shown: shown.kind,
      ...(shown.kind === 'written' && {
        check: shown.check,
        comments: shown.comments.map(({ pull, done }) => ({ pull, done })),
      }),
      recorded,
    },
    fails: answer.kind === 'unjudged',
  };
}

function ofGroup({ kind, head, shown }: PublishedGroup): Ended {
  const result = { schema: SCHEMA, head, shown: shown.kind };
  // What is not known here is no reason to merge.
  if (shown.kind === 'left-to-app') return { blocks: true, reasonCode: shown.kind, result, fails: false };
  const { standing, check } = shown;
  const { conclusion, title } = standing;
  return {
    blocks: conclusion !== 'success',
    reasonCode: kind,
    result: { ...result, conclusion, title, check, comments: [], recorded: 0 },
    fails: false,
  };
}

/** Leaves the answer in a folder of its own, so that whoever hands on the folder hands on nothing else. */
async function leaveAnswer(answered: RecordedAnswer, temporary: string): Promise<string> {
  const folder = await mkdtemp(path.join(temporary, 'touchstone-answer-'));
  await writeFile(path.join(folder, ANSWER_FILE), formatRecordedAnswer(answered));
  return folder;
}

function verdictsOf(answer: HeadAnswer): readonly VerdictKind[] {
  if (answer.kind === 'unjudged' || answer.judgement.outcome.kind !== 'models') return [];
  const { sections } = answer.judgement.outcome;
  return sections.flatMap((section) => (section.kind === 'judged' ? [section.run.judgement.verdict.kind] : []));
}

function reasonOf(answer: HeadAnswer): string {
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

function linksOf({ serverUrl, repository }: WorkflowRun): Links {
  const site = `${serverUrl}/${repository}`;
  return {
    commit: (sha) => `${site}/commit/${sha}`,
    run: (number) => `${site}/actions/runs/${number}`,
    report: (judging) => `${site}/actions/runs/${judging}#artifacts`,
  };
}

function commitOf(sha: string): CommitSha {
  if (isCommitSha(sha)) return sha;
  throw new UserMistake('no-runner', { where: 'GITHUB_SHA', found: `it is "${sha}"`, expected: 'a commit' });
}
