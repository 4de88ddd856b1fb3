import { terminalQuestions } from '../../adapters/terminalQuestions.ts';
import { ConversationEnded, type Conversation } from './conversation.ts';

/** A conversation at this process's terminal; `undefined` where nobody sits at one. */
export function terminalConversation(): Conversation | undefined {
  const questions = terminalQuestions();
  if (questions === undefined) return undefined;
  return {
    choose: async (question) => answered(await questions.choose(question)),
    text: async (question) => answered(await questions.text(question)),
    tell: (text) => questions.tell(text),
  };
}

function answered<T>(answer: T | undefined): T {
  if (answer === undefined) throw new ConversationEnded('The person pressed Ctrl-C.');
  return answer;
}
