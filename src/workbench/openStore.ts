import path from 'node:path';
import { FolderStore } from '../adapters/folderStore/folderStore.ts';
import type { Config } from '../config/config.ts';
import type { RegistryStore } from '../registry/store.ts';
import { LazyStore } from './lazyStore.ts';
import type { Process } from './terminal.ts';

/** The store that a configuration names. What talks to GitHub is loaded when it is first used, and not before. */
export function openStore(
  { env, now }: Pick<Process, 'env' | 'now'>,
  { file, root, registry }: Config,
  say: (line: string) => void,
): RegistryStore {
  if (registry.kind === 'folder') return new FolderStore(path.resolve(root, registry.path), now);
  const { repository } = registry;
  return new LazyStore(`github:${repository ?? ''}`, async () => {
    const { openGitHubStore } = await import('../adapters/githubStore/openGitHubStore.ts');
    return openGitHubStore({
      folder: root,
      env,
      where: `${file}: registry`,
      ...(repository !== undefined && { repository }),
      onWait: (seconds, because) => {
        say(`GitHub asks to wait ${seconds} s (${because})`);
      },
    });
  });
}
