/** What must not be seen in logs, summaries, annotations and outputs. */
export class Masks {
  readonly #values = new Set<string>();

  /** Hides a value and, where it has several lines, each of them. */
  add(value: string): void {
    for (const each of [value, ...value.split(/\r?\n/)]) if (each.trim() !== '') this.#values.add(each);
  }

  hide(text: string): string {
    // Longest first, so that no rest of a longer one stays behind a shorter one.
    return [...this.#values]
      .sort((one, other) => other.length - one.length)
      .reduce((hidden, value) => hidden.replaceAll(value, '***'), text);
  }

  reveals(text: string): boolean {
    return this.hide(text) !== text;
  }
}
