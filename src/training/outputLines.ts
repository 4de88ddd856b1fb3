/** Longest line handed on; the rest of it stands in the log alone. */
export const LONGEST_LINE = 8192;

/** A piece of output that ended with a line feed, a carriage return or the stream. */
export interface Line {
  readonly text: string;
  readonly transient: boolean;
}

/**
 * Cuts a stream of bytes into lines as they come. Bytes that are not UTF-8 become U+FFFD; a line beyond
 * {@link LONGEST_LINE} characters is cut, so memory stays bounded whatever a command writes.
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #partial = '';
  #cut = false;
  /** A carriage return came: a line feed would make it a line end, anything else makes the line transient. */
  #returned = false;

  push(chunk: Uint8Array): Line[] {
    return this.#split(this.#decoder.decode(chunk, { stream: true }));
  }

  /** What is left when the stream ends without a line feed. */
  end(): Line[] {
    const lines = this.#split(this.#decoder.decode());
    if (this.#partial !== '') lines.push(this.#take(false));
    return lines;
  }

  #split(text: string): Line[] {
    const lines: Line[] = [];
    for (const [, content = '', end] of text.matchAll(/([^\r\n]*)([\r\n]|$)/g)) {
      if (content !== '' && this.#returned) lines.push(this.#take(true));
      this.#append(content);
      if (end === '\n') lines.push(this.#take(false));
      if (end === '\r') this.#returned = this.#partial !== '';
    }
    return lines;
  }

  #append(content: string): void {
    const room = LONGEST_LINE - this.#partial.length;
    if (content.length > room) this.#cut = true;
    if (room > 0) this.#partial += content.slice(0, room);
  }

  #take(transient: boolean): Line {
    const text = this.#cut ? `${this.#partial} [cut; the log has the whole line]` : this.#partial;
    this.#partial = '';
    this.#cut = false;
    this.#returned = false;
    return { text, transient };
  }
}
