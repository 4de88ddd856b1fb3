import { randomUUID } from 'node:crypto';
import * as core from '@actions/core';
import type { Annotation } from '../src/report/annotation.ts';

/**
 * The log of a step, which the runner also takes orders from: every line that begins with `::` is one. What training
 * scripts, models and data print goes there too, so the runner is told to obey nobody but between two of our own words.
 *
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
 */
export class RunnerLog {
  /** The runner obeys again after it; nobody else knows it. */
  readonly #word = `touchstone-${randomUUID()}`;
  readonly #write: (text: string) => unknown;
  readonly #secrets = new Set<string>();
  #deaf = false;

  constructor(write: (text: string) => unknown) {
    this.#write = write;
  }

  /** From now on the log is text alone. */
  stopObeying(): void {
    if (this.#deaf) return;
    this.#write(`::stop-commands::${this.#word}\n`);
    this.#deaf = true;
  }

  /** Has the runner keep a value out of every log; to be called before anything could print it. */
  mask(secret: string): void {
    // A value of several lines is printed line by line.
    for (const line of secret.split(/\r?\n/)) {
      if (line.trim() === '') continue;
      this.#secrets.add(line);
      this.#obeyed(() => core.setSecret(line));
    }
  }

  /** What is kept out of the log. */
  get secrets(): readonly string[] {
    return [...this.#secrets];
  }

  /** A text for a place that the runner does not look through: outputs, summaries. */
  withoutSecrets(text: string): string {
    return this.secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  }

  /** Folds what is said meanwhile under a title. */
  async group<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.#obeyed(() => core.startGroup(title.replaceAll(/\s+/g, ' ')));
    try {
      return await work();
    } finally {
      this.#obeyed(() => core.endGroup());
    }
  }

  annotate({ severity, title, message, place }: Annotation): void {
    const properties: core.AnnotationProperties = {
      title,
      ...(place && { file: place.file }),
      ...(place?.line !== undefined && { startLine: place.line }),
      ...(place?.column !== undefined && { startColumn: place.column }),
    };
    this.#obeyed(() => core[severity](message, properties));
  }

  #obeyed(act: () => void): void {
    if (!this.#deaf) return act();
    this.#write(`::${this.#word}::\n`);
    act();
    this.#write(`::stop-commands::${this.#word}\n`);
  }
}
