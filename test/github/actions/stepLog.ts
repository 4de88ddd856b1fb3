import { CommandReader } from './workflowCommands.ts';

import type { Annotation, StepRecord } from '../state/actions.ts';
import type { Masks } from './masks.ts';

/** More annotations of one level than this are dropped for each step (docs.github.com, "Usage limits"). */
const annotationsPerLevel = 10;

/** Takes a step's output: carries out the commands in it, hides what is masked, keeps the rest as its log. */
export class StepLog {
  readonly #record: StepRecord;
  readonly #masks: Masks;
  readonly #commands = new CommandReader();
  /** Commands in the output that the runner does not carry out. */
  readonly unknown: string[] = [];

  constructor(record: StepRecord, masks: Masks) {
    this.#record = record;
    this.#masks = masks;
  }

  /** Takes one line as a process wrote it. */
  read(line: string): void {
    const output = this.#commands.read(line);
    switch (output.kind) {
      case 'mask':
        this.#masks.add(output.value);
        this.say('::add-mask::***');
        return;
      case 'annotation':
        this.annotate(output.annotation);
        return;
      case 'unknown':
        this.unknown.push(output.command);
        this.say(line);
        return;
      case 'debug':
        // Shown only where debug logging is on.
        return;
      case 'text':
        this.say(output.text);
    }
  }

  /** Writes a line that is no command. */
  say(text: string): void {
    this.#record.log.push(this.#masks.hide(text));
  }

  annotate(annotation: Annotation): void {
    this.say(`##[${annotation.level}]${annotation.message}`);
    const before = this.#record.annotations.filter(({ level }) => level === annotation.level).length;
    if (before >= annotationsPerLevel) return;
    const { message, title } = annotation;
    this.#record.annotations.push({
      ...annotation,
      message: this.#masks.hide(message),
      ...(title !== undefined && { title: this.#masks.hide(title) }),
    });
  }

  error(message: string): void {
    this.annotate({ level: 'error', message });
  }

  warning(message: string): void {
    this.annotate({ level: 'warning', message });
  }
}
