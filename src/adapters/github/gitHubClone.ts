import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserMistake } from '../../failure.ts';
import { runnerLabels, WORKFLOWS_FOLDER } from '../../scaffold/workflowText.ts';
import type { RepositoryName } from '../../identity/git.ts';
import { findGitHub } from './findGitHub.ts';

/** What a folder is to GitHub. */
export type GitHubClone =
  | {
      readonly kind: 'clone';
      readonly host: string;
      readonly repository: RepositoryName;
      /** Whether it is the top of the clone: only there GitHub looks for workflows. */
      readonly top: boolean;
    }
  /** No repository, no remote, or one of another house. */
  | { readonly kind: 'not-on-github' };

/** @param folder absolute. */
export async function gitHubClone(
  folder: string,
  env: { readonly [name: string]: string | undefined },
): Promise<GitHubClone> {
  const found = await findGitHub({ folder, env, where: folder }).catch((error: unknown) => {
    if (error instanceof UserMistake) return undefined;
    throw error;
  });
  if (found === undefined || !isGitHub(found.host, env)) return { kind: 'not-on-github' };
  const top = await stat(path.join(folder, '.git')).then(
    () => true,
    () => false,
  );
  return { kind: 'clone', host: found.host, repository: found.repository, top };
}

/** A remote does not say what runs at its other end: GitHub's own hosts, the one that the environment names, and `github.ACME.com`. */
export function isGitHub(host: string, env: { readonly [name: string]: string | undefined }): boolean {
  const named = [env['GH_HOST'], env['GITHUB_SERVER_URL']?.replace(/^https?:\/\//, '').replace(/\/.*$/, '')];
  return host === 'github.com' || host.endsWith('.ghe.com') || named.includes(host) || /^github\./.test(host);
}

/** The labels that another workflow of this repository finds the team's machines by, where one does. */
export async function knownRunner(folder: string): Promise<readonly [string, ...string[]] | undefined> {
  const workflows = path.join(folder, WORKFLOWS_FOLDER);
  const names = (await readdir(workflows).catch(() => [])).filter((name) => /\.ya?ml$/.test(name)).toSorted();
  for (const name of names) {
    const labels = runnerLabels(await readFile(path.join(workflows, name), 'utf8').catch(() => ''));
    if (labels !== undefined) return labels;
  }
  return undefined;
}
