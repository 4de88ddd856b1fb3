import { mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { ANSWER_FILE, formatRecordedAnswer, type RecordedAnswer } from '../../src/pullRequest/answerDocument.ts';
import { formatOverridden } from '../../src/pullRequest/override.ts';
import { formatOverrideResult, OVERRIDE_FILE, type OverrideResult } from '../../src/pullRequest/overrideOutcome.ts';
import { standingOf } from '../../src/pullRequest/standing.ts';
import { markdownVoice } from '../../src/report/voice.ts';
import { overrideRun, type OverrideOutcome } from '../../src/workbench/overrideBench.ts';
import { printable } from '../../src/wording/printable.ts';
import type { InputsOf, OVERRIDE } from '../contracts.ts';
import type { ActionOutcome } from '../outcome.ts';
import type { Action } from '../runAction.ts';

const payload = v.object({ repository: v.object({ default_branch: v.string() }) });
const LONGEST = 2000;

/** Takes the word of a comment. That it cannot be taken is told, and is no failure: what GitHub or the registry fail at is. */
export async function override(action: Action<InputsOf<typeof OVERRIDE.inputs>>): Promise<ActionOutcome<'answer'>> {
  const { inputs, run, process, terminal } = action;
  const event = v.parse(payload, run.event.payload);
  const outcome = await overrideRun(
    {
      asking: {
        repository: run.repository,
        event: run.event.name,
        ref: run.ref,
        defaultBranch: event.repository.default_branch,
        id: run.id,
        attempt: run.attempt,
      },
      comment: inputs.comment,
      run: inputs.run,
      ...(inputs.config !== undefined && { config: inputs.config }),
      token: inputs.token,
    },
    await action.gitHub(inputs.token),
    process,
    terminal,
  );
  const result = resultOf(inputs.comment, outcome);
  const said = printable(result.sentence, LONGEST);
  terminal.progress(said);
  const answer = outcome.kind === 'refused' ? undefined : outcome.answer;
  return {
    blocks: answer === undefined || standingOf(answer.answer).conclusion !== 'success',
    reasonCode: result.outcome === 'refused' ? result.code : result.outcome,
    result: JSON.parse(formatOverrideResult(result)) as ActionOutcome['result'],
    outputs: { answer: await leave(result, answer, run.temporary) },
    summary: [`### ${TITLES[result.outcome]}\n\n${markdownVoice.prose(said)}`],
    fails: false,
  };
}

const TITLES = { done: 'Overridden', already_done: 'Overridden before', refused: 'Not overridden' } as const;

function resultOf(comment: number, outcome: OverrideOutcome): OverrideResult {
  if (outcome.kind === 'refused') {
    const { kind, code, sentence } = outcome;
    return { comment, outcome: kind, code, sentence };
  }
  const { by, head, reason, ...overridden } = outcome.override;
  const what = `${formatOverridden(overridden)} of ${overridden.model} on ${head.slice(0, 8)}`;
  if (outcome.kind === 'done') {
    return { comment, outcome: 'done', sentence: `${what} is overridden by @${by}: ${reason}` };
  }
  return { comment, outcome: 'already_done', sentence: `${what} was overridden by @${by} before: ${reason}` };
}

/** In a folder of their own, so that whoever hands on the folder hands on nothing else. */
async function leave(result: OverrideResult, answer: RecordedAnswer | undefined, temporary: string): Promise<string> {
  const folder = await mkdtemp(path.join(temporary, 'touchstone-override-'));
  await writeFile(path.join(folder, OVERRIDE_FILE), formatOverrideResult(result));
  if (answer !== undefined) await writeFile(path.join(folder, ANSWER_FILE), formatRecordedAnswer(answer));
  return folder;
}
