/** What no commit should hold, and why. */
const IGNORED = [
  { pattern: '.touchstone/', same: /^\/?\.touchstone(?:\/|\/?\*\*?)?$/ },
  { pattern: '__pycache__/', same: /^(?:\*\*\/)?__pycache__\/?$/ },
] as const;

/**
 * The lines that a `.gitignore` lacks, and its text with them at the end; `undefined` where it lacks none.
 *
 * @param text of the file that stands there; empty where there is none.
 */
export function completedGitignore(
  text: string,
): { readonly text: string; readonly added: readonly string[] } | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const added = IGNORED.filter(({ same }) => !lines.some((line) => same.test(line))).map(({ pattern }) => pattern);
  if (added.length === 0) return undefined;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' || text.endsWith('\n') ? '' : newline;
  return { text: `${text}${gap}${added.map((line) => `${line}${newline}`).join('')}`, added };
}
