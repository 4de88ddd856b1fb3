import { execFileSync } from 'node:child_process';
import { temporaryFolder } from './temporaryFolder.ts';

/** An environment in which git reads no configuration of the machine or the person. */
export const HOST: { readonly [name: string]: string } = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
};

const AUTHOR = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'init.defaultBranch=main'];

export function git(root: string, ...args: readonly string[]): string {
  const env = { ...HOST, HOME: '/nonexistent' };
  return execFileSync('git', [...AUTHOR, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    .toString()
    .trim();
}

/** A repository with these files in its one commit. */
export async function repository(files: { readonly [name: string]: string }): Promise<string> {
  const root = await temporaryFolder(files);
  git(root, 'init', '-q');
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'Begin');
  return root;
}
