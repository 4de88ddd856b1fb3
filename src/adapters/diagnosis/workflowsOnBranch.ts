import type { RepositorySettings } from '../../diagnosis/gitHubFacts.ts';
import { WORKFLOW_FILES, WORKFLOWS_FOLDER } from '../../scaffold/workflowText.ts';
import type { Place } from './place.ts';
import { isRefused } from './settingAnswer.ts';

/** Those of Touchstone's workflows that stand on a branch. */
export async function workflowsOn(place: Place, branch: string): Promise<RepositorySettings['workflows']> {
  const found = await Promise.all(
    WORKFLOW_FILES.map(async (file) => [file, await textOn(place, branch, `${WORKFLOWS_FOLDER}/${file}`)] as const),
  );
  return Object.fromEntries(found.filter(([, text]) => text !== undefined));
}

/** The text of a file as a branch has it; `undefined` where it has none. */
export async function textOn(
  { client, owner, repo }: Place,
  branch: string,
  path: string,
): Promise<string | undefined> {
  try {
    const { data } = await client.rest.repos.getContent({ owner, repo, path, ref: branch });
    const isFile = !Array.isArray(data) && data.type === 'file';
    return isFile ? Buffer.from(data.content, 'base64').toString('utf8') : undefined;
  } catch (error) {
    if (isRefused(error) && error.status === 404) return undefined;
    throw error;
  }
}
