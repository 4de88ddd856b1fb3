/**
 * Whether a name passes a list of GitHub's filter patterns: read in order, a later one overrules an earlier one, `!` takes
 * away. `*` any characters but `/`; `**` any; `?` and `+` after a character: none or one of it, one or more; `[]` one of
 * these; `\` escapes.
 * Source: docs.github.com, "Workflow syntax for GitHub Actions", filter pattern cheat sheet.
 */
export function matchesFilter(name: string, patterns: readonly string[]): boolean {
  let matched = false;
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) matched &&= !filterExpression(pattern.slice(1)).test(name);
    else matched ||= filterExpression(pattern).test(name);
  }
  return matched;
}

function filterExpression(pattern: string): RegExp {
  let expression = '';
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at);
    const character = pattern.charAt(at);
    if (rest.startsWith('**/')) {
      // `**/x` is also `x`, and `docs/**/x` also `docs/x`.
      expression += '(?:.*/)?';
      at += 2;
    } else if (rest.startsWith('**')) {
      expression += '.*';
      at += 1;
    } else if (character === '*') expression += '[^/]*';
    else if (character === '?' || character === '+') expression += character;
    else if (character === '\\' && at + 1 < pattern.length) expression += escape(pattern.charAt(++at));
    else if (character === '[' && rest.includes(']')) {
      const end = pattern.indexOf(']', at);
      expression += `[${pattern.slice(at + 1, end).replace(/[\\^]/g, '\\$&')}]`;
      at = end;
    } else expression += escape(character);
  }
  return new RegExp(`^${expression}$`, 's');
}

function escape(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
