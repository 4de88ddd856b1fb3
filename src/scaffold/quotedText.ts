// Whatever would end a line, and what an editor would not show.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Any text in double quotes, on one line: a literal that Python and YAML both read back as that text. */
export function quotedText(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replace(UNPRINTABLE, escapeOf)}"`;
}

function escapeOf(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}

// Words that some reader of YAML takes for something else than text.
const SPECIAL = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;
const PLAIN = /^[A-Za-z_][\w./@%-]*(?: [\w./@%-]+)*$/;

/** Any text as a YAML scalar that reads back as that text, in a block or a flow collection. */
export function yamlText(text: string): string {
  if (PLAIN.test(text) && !SPECIAL.test(text)) return text;
  const quoted = quotedText(text);
  // Single quotes escape nothing: what is full of double ones, such as SQL, reads better in them.
  return text.includes('"') && quoted === `"${text.replaceAll('"', '\\"')}"`
    ? `'${text.replaceAll("'", "''")}'`
    : quoted;
}

/** `[a, "b, c"]` */
export function yamlList(texts: readonly string[]): string {
  return `[${texts.map(yamlText).join(', ')}]`;
}
