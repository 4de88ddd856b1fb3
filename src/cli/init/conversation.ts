import type { Proposal, Wishes } from '../../proposal/proposal.ts';
import type { Survey } from '../../proposal/survey.ts';
import { UserMistake } from '../../failure.ts';
import { parseModelName } from '../../identity/names.ts';
import { printable } from '../../wording/printable.ts';

/** Asks a person. Every answer may be an {@link Ended}: they had enough. */
export interface Conversation {
  choose<Value extends string>(question: Question<Value>): Promise<Value>;
  text(question: {
    readonly message: string;
    readonly initial: string;
    /** What is wrong with an answer; `undefined` where nothing is. */
    readonly problem: (answer: string) => string | undefined;
  }): Promise<string>;
  tell(text: string): void;
}

interface Question<Value extends string> {
  readonly message: string;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly hint?: string }[];
  readonly initial: Value;
}

/** Thrown where a person ended a conversation instead of answering. */
export class ConversationEnded extends Error {
  override readonly name = 'ConversationEnded';
}

/** Which of several tables is meant. */
export function askForData(
  files: readonly { readonly path: string; readonly hint: string }[],
  conversation: Conversation,
): Promise<string> {
  return conversation.choose({
    message: 'Which file holds the data?',
    options: files.map(({ path, hint }) => ({ value: path, label: printable(path, 80), hint })),
    initial: files[0]?.path ?? '',
  });
}

/** What is to be predicted. */
export async function askForTarget(
  survey: Survey,
  proposed: { readonly target: string; readonly reason: string } | undefined,
  conversation: Conversation,
): Promise<string> {
  const options = survey.columns.map(({ name, type, distinct }) => ({
    value: name,
    label: printable(name, 60),
    hint: name === proposed?.target ? printable(proposed.reason, 100) : `${type}, ${distinct} values`,
  }));
  const initial = proposed?.target ?? survey.columns.at(-1)?.name ?? '';
  return conversation.choose({ message: 'What is to be predicted?', options, initial });
}

const ROLES = { id: 'what identifies a row', time: 'when it came to be', group: 'what rows hang together by' } as const;

const NONE = '';

type Next = 'write' | 'model' | 'task' | keyof typeof ROLES | 'stop';

/**
 * Shows a proposal and takes changes until it is to be written.
 *
 * @param propose a proposal with these wishes granted.
 * @throws ConversationEnded where it is not to be written.
 */
export async function settle(
  survey: Survey,
  wishes: Wishes,
  propose: (wishes: Wishes) => Promise<Proposal>,
  show: (proposal: Proposal) => string,
  conversation: Conversation,
): Promise<Proposal> {
  let granted = wishes;
  let proposal = await propose(granted);
  for (;;) {
    conversation.tell(show(proposal));
    const next = await conversation.choose<Next>({
      message: 'Write this?',
      options: [
        { value: 'write', label: 'Yes', hint: 'everything can be edited later' },
        { value: 'model', label: 'Another name for the model' },
        { value: 'task', label: 'Another task', hint: proposal.task.kind },
        { value: 'id', label: 'Another id column', hint: ROLES.id },
        { value: 'time', label: 'Another time column', hint: ROLES.time },
        { value: 'group', label: 'Another group column', hint: ROLES.group },
        { value: 'stop', label: 'No', hint: 'nothing is written' },
      ],
      initial: 'write',
    });
    if (next === 'write') return proposal;
    if (next === 'stop') throw new ConversationEnded('The person stopped.');
    const wished = { ...granted, ...(await change(next, survey, proposal, conversation)) };
    const changed = await attempt(() => propose(wished));
    if (changed instanceof UserMistake) conversation.tell(changed.message);
    else [granted, proposal] = [wished, changed];
  }
}

async function change(
  what: Exclude<Next, 'write' | 'stop'>,
  survey: Survey,
  proposal: Proposal,
  conversation: Conversation,
): Promise<Wishes> {
  if (what === 'model') {
    const model = await conversation.text({
      message: 'What is the model to be called?',
      initial: proposal.model,
      problem: problemOfName,
    });
    return { model };
  }
  if (what === 'task') {
    const task = await conversation.choose({
      message: `What is ${printable(proposal.target, 60)}?`,
      options: [
        { value: 'binary', label: 'one of two labels' },
        { value: 'multiclass', label: 'one of several labels' },
        { value: 'regression', label: 'a number' },
      ],
      initial: proposal.task.kind,
    });
    return { task };
  }
  const columns = survey.columns.filter(({ name }) => name !== proposal.target);
  const column = await conversation.choose({
    message: `Which column says ${ROLES[what]}?`,
    options: [
      { value: NONE, label: 'none' },
      ...columns.map(({ name, type, distinct }) => ({
        value: name,
        label: printable(name, 60),
        hint: `${type}, ${distinct} values`,
      })),
    ],
    initial: proposal[what] ?? NONE,
  });
  return { [what]: column === NONE ? null : column };
}

function problemOfName(answer: string): string | undefined {
  try {
    parseModelName(answer.trim());
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** A wish that cannot be granted is told, and the conversation goes on. */
async function attempt<T>(step: () => Promise<T>): Promise<T | UserMistake> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof UserMistake) return error;
    throw error;
  }
}
