import { autocomplete, isCancel, select, text, type Option } from '@clack/prompts';

/** One answer of a person at this process's terminal; `undefined` where they pressed Ctrl-C instead. */
export interface TerminalQuestions {
  choose<Value extends string>(question: {
    readonly message: string;
    readonly options: readonly { readonly value: Value; readonly label: string; readonly hint?: string }[];
    readonly initial: Value;
  }): Promise<Value | undefined>;
  text(question: {
    readonly message: string;
    readonly initial: string;
    readonly problem: (answer: string) => string | undefined;
  }): Promise<string | undefined>;
  tell(text: string): void;
}

// More lines than these are found by typing, not by going down.
const MOST_SEEN = 12;

/** Questions at the terminal; on stderr, since stdout is for the answer. `undefined` where nobody could answer. */
export function terminalQuestions(): TerminalQuestions | undefined {
  const { stdin: input, stderr: output } = process;
  if (!input.isTTY || !output.isTTY) return undefined;
  const common = { input, output } as const;
  return {
    async choose({ message, options, initial }) {
      const asked = { ...common, message, maxItems: MOST_SEEN, initialValue: initial as string };
      const plain = options.map((option): Option<string> => option);
      const answer =
        options.length > MOST_SEEN
          ? await autocomplete({ ...asked, options: plain })
          : await select({ ...asked, options: plain });
      return options.find(({ value }) => value === answer)?.value;
    },
    async text({ message, initial, problem }) {
      const validate = (answer: string | undefined): string | undefined => problem(answer ?? '');
      const answer = await text({ ...common, message, initialValue: initial, validate });
      return isCancel(answer) ? undefined : answer.trim();
    },
    tell(lines) {
      // Not by the library: it would cut a table's lines to the width of the terminal, word by word.
      output.write(`\n${lines}\n\n`);
    },
  };
}
