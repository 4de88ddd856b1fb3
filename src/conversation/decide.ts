import type { Links } from '../pullRequest/commentText.ts';
import { overriddenInFull } from '../pullRequest/chooseOverridable.ts';
import { overridables } from '../pullRequest/overridables.ts';
import { progressOutput } from '../pullRequest/progressOutput.ts';
import { bullets, table } from '../report/markdown.ts';
import { markdownVoice as voice } from '../report/voice.ts';
import { USAGE, type Command, type ParsedCommand } from './command.ts';
import type { Said } from './reply.ts';
import { feasible, type Situation } from './situation.ts';

/** What to say to a command, and what is to be done. */
export function decide(parsed: Exclude<ParsedCommand, { kind: 'none' }>, situation: Situation, links: Links): Said {
  switch (parsed.kind) {
    case 'misspelt':
      return {
        kind: 'refused',
        code: 'unknown_command',
        text: `There is no ${voice.name(`/${parsed.word}`)}. Perhaps ${voice.command(USAGE[parsed.meant])} is meant.`,
      };
    case 'bad-argument':
      return {
        kind: 'refused',
        code: 'bad_argument',
        text: `${sentence(voice.prose(parsed.problem))} It is written ${voice.command(USAGE[parsed.name])}.`,
      };
    case 'command':
      return carryOut(parsed.command, situation, links);
  }
}

function carryOut(command: Command, situation: Situation, links: Links): Said {
  switch (command.kind) {
    case 'help':
      return { kind: 'told', text: help(situation) };
    case 'status':
      return { kind: 'told', text: status(situation, links) };
    case 'retrain':
    case 'ok-to-train':
    case 'override': {
      const found = feasible(command, situation);
      if (found.kind === 'cannot') return { kind: 'refused', code: found.code, text: found.because };
      if (command.dryRun) return { kind: 'told', text: `It would ${found.would}.` };
      return { kind: 'pending', text: `About to ${found.would}.`, effect: found.effect };
    }
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** What would work now, for whoever asks, and why something would not. */
function help(situation: Situation): string {
  const rows = [
    [voice.command(USAGE.help), 'yes', 'Says this.'],
    [voice.command(USAGE.status), 'yes', 'Says how this commit stands.'],
    ...examples(situation).map(({ command, does }) => {
      const found = feasible(command, situation);
      const usage = voice.command(USAGE[command.kind]);
      return found.kind === 'can' ? [usage, 'yes', `Would ${found.would}.`] : [usage, 'no', `${does} ${found.because}`];
    }),
  ];
  const columns = ['Command', 'Works now', 'What it does, or why it would not'].map((title) => ({
    title,
    align: 'left' as const,
  }));
  return [
    `What ${voice.prose(situation.person.login)} can ask for here:`,
    table({ columns, rows }, rows.length),
    `A command stands alone on the first line of a new comment. ${voice.name('dry-run')} behind it says what it would do.`,
  ].join('\n\n');
}

interface Example {
  readonly command: Extract<Command, { kind: 'retrain' | 'ok-to-train' | 'override' }>;
  readonly does: string;
}

/** Each with arguments that fit the pull request, so that its answer tells of the state and not of a typing error. */
function examples({ pull, progress }: Situation): readonly Example[] {
  const open =
    progress.kind === 'answered' && progress.answer.kind === 'judged' ? overridables(progress.answer.judgement) : [];
  const [first] = open;
  return [
    { command: { kind: 'retrain', dryRun: true }, does: 'Trains this commit again.' },
    { command: { kind: 'ok-to-train', head: pull.head, dryRun: true }, does: 'Lets the code of a fork run.' },
    {
      command: {
        kind: 'override',
        of: first?.of ?? { kind: 'finding', id: 'a finding' },
        ...(first && { model: first.model }),
        reason: '...',
        dryRun: true,
      },
      does: 'Lets what stands in the way pass, for a reason that stays on record.',
    },
  ];
}

function status({ pull, progress }: Situation, links: Links): string {
  if (progress.kind === 'not-ours') {
    return `${voice.name('touchstone-judge.yml')} of ${voice.name(pull.ruling.name)} answers by itself. With ${voice.name('answered-by: app')} in its step ${voice.name('publish')} the App does, and can tell more.`;
  }
  const { title, summary, conclusion, url } = progressOutput(progress, pull, links, () => undefined);
  const at = `Commit [\`${pull.head.slice(0, 7)}\`](${links.commit(pull.head)}): ${voice.prose(title)} ([see it](${url})).`;
  if (conclusion !== undefined) {
    const open =
      progress.kind === 'answered' && progress.answer.kind === 'judged' ? overridables(progress.answer.judgement) : [];
    return [
      at,
      bullets(
        'Stands in the way',
        open.map(({ model, of }) => voice.name(overriddenInFull({ model, of }))),
      ),
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  }
  return `${at}\n\n${summary}`;
}
