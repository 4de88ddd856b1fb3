/**
 * The one expression that a text with `${{ }}` in it comes to: that expression itself, or `format(...)` of the text and
 * its expressions.
 */
export function interpolation(text: string): string {
  const parts: string[] = [];
  const codes: string[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf('${{', at);
    if (start < 0) break;
    const end = endOfExpression(text, start + 3);
    parts.push(escapeFormat(text.slice(at, start)));
    codes.push(text.slice(start + 3, end).trim());
    at = end + 2;
  }
  parts.push(escapeFormat(text.slice(at)));
  const [only] = codes;
  if (only !== undefined && codes.length === 1 && parts.every((part) => part === '')) return only;
  const format = parts.map((part, index) => (index < codes.length ? `${part}{${index}}` : part)).join('');
  return `format('${format}'${codes.map((code) => `, ${code}`).join('')})`;
}

/** Where the `}}` of an expression is; one within quotes is not. GitHub's parser has found the expression well formed. */
function endOfExpression(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    if (text.charAt(at) === "'") quoted = !quoted;
    else if (!quoted && text.startsWith('}}', at)) return at;
  }
  return text.length;
}

function escapeFormat(text: string): string {
  return text.replace(/'/g, "''").replace(/[{}]/g, '$&$&');
}
