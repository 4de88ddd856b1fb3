import { execa } from 'execa';
import type { RepositoryName } from '../../identity/git.ts';
import { gitHubConnection, type ConnectionSources, type GitHubConnection } from './gitHubConnection.ts';

/** The repository that a folder is a clone of, or that is named. @throws UserMistake as {@link gitHubConnection}. */
export async function findGitHub({
  folder,
  env,
  repository,
  where,
}: {
  /** Absolute, in the clone. */
  readonly folder: string;
  readonly env: ConnectionSources['env'];
  readonly repository?: RepositoryName;
  readonly where: string;
}): Promise<GitHubConnection> {
  const remoteUrl = await originUrl(folder, env);
  return gitHubConnection({
    env,
    where,
    ...(remoteUrl !== undefined && { remoteUrl }),
    ...(repository !== undefined && { repository }),
  });
}

/** As git resolves it, `insteadOf` and all; `undefined` without git, a repository or a remote of that name. */
async function originUrl(folder: string, env: ConnectionSources['env']): Promise<string | undefined> {
  // A hook's GIT_DIR would point at another repository; what configures git is kept.
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || name.startsWith('GIT_CONFIG'));
  const { stdout, exitCode } = await execa('git', ['remote', 'get-url', 'origin'], {
    cwd: folder,
    env: { ...Object.fromEntries(kept), LC_ALL: 'C' },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
  });
  return exitCode === 0 && stdout !== '' ? stdout : undefined;
}
