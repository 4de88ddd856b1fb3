import { WorkflowError } from './written.ts';

/**
 * Reads what a step wrote into GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE: lines `name=value`, or `name<<DELIMITER`, lines,
 * `DELIMITER`. What it cannot read fails the step, as on GitHub.
 */
export function parseAssignments(contents: string, file: string): readonly (readonly [string, string])[] {
  const lines = contents.replace(/^\uFEFF/, '').split(/\r?\n/);
  const assignments: [string, string][] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) throw new WorkflowError(`Unable to process file command '${file}': a name is missing: ${line}`);
      assignments.push([line.slice(0, equals), line.slice(equals + 1)]);
    } else if (heredoc > 0 && line.length > heredoc + 2) {
      const delimiter = line.slice(heredoc + 2);
      const end = lines.indexOf(delimiter, at + 1);
      if (end < 0) {
        throw new WorkflowError(
          `Unable to process file command '${file}': Matching delimiter not found '${delimiter}'`,
        );
      }
      assignments.push([line.slice(0, heredoc), lines.slice(at + 1, end).join('\n')]);
      at = end;
    } else throw new WorkflowError(`Unable to process file command '${file}': Invalid format '${line}'`);
  }
  return assignments;
}

/** Reads GITHUB_PATH: one folder a line. */
export function parsePaths(contents: string): readonly string[] {
  return contents.split(/\r?\n/).filter((line) => line !== '');
}
