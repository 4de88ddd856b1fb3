import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import type { Release, WorkflowFile, WorkflowTemplates } from '../scaffold/workflowText.ts';

/** The release whose actions the workflows run, as `package.json` names it: the only place that knows owner and commit. */
export const TOUCHSTONE_RELEASE: Release = {
  repository: repositoryOf(packageJson.repository.url),
  ...packageJson.touchstone.release,
};

/** `git+ssh://git@github.com/owner/name.git` -> `owner/name` */
function repositoryOf(url: string): string {
  return new URL(url).pathname.replace(/^\//, '').replace(/\.git$/, '');
}

const FOLDER = 'workflows-templates';

/** The templates beside the program: above the bundle, or above the sources. */
export async function workflowTemplates(): Promise<WorkflowTemplates> {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, FOLDER)) && path.dirname(folder) !== folder) folder = path.dirname(folder);
  const read = (file: WorkflowFile): Promise<string> => readFile(path.join(folder, FOLDER, file), 'utf8');
  return {
    'touchstone-pr.yml': await read('touchstone-pr.yml'),
    'touchstone-judge.yml': await read('touchstone-judge.yml'),
    'touchstone-override.yml': await read('touchstone-override.yml'),
  };
}
