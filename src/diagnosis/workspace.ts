import { formatBytes, notApplicable, ok, warning, type Check } from './check.ts';

/** What lies in the folders that Touchstone can make again. */
export interface WorkspaceFacts {
  /** Absent where it does not exist yet. */
  readonly workspace?: FolderSize;
  readonly cache?: FolderSize;
  /** Locks and half-made folders of processes of this host that run no longer. */
  readonly leftovers: readonly string[];
}

export interface FolderSize {
  readonly folder: string;
  readonly bytes: number;
  /** Whether counting was given up: then it is more. */
  readonly partial: boolean;
}

const LARGE = 10 * 1024 ** 3;

export function checkWorkspace({ workspace, cache, leftovers }: WorkspaceFacts): readonly Check[] {
  return [
    checkSize('workspace.size', 'workspace', workspace, 'its runs and data can be made again'),
    checkSize('cache.size', 'cache', cache, 'its environments can be made again'),
    leftovers.length === 0
      ? ok('workspace.leftovers', 'nothing was left by a process that died')
      : warning(
          'workspace.leftovers',
          `left by processes that died: ${leftovers.slice(0, 3).join(', ')}${leftovers.length > 3 ? ', and more' : ''}`,
          {
            remedy: 'The next run passes them by; remove them to save room',
          },
        ),
  ];
}

function checkSize(id: string, what: string, size: FolderSize | undefined, why: string): Check {
  if (size === undefined) return notApplicable(id, `there is no ${what} yet`);
  const { folder, bytes, partial } = size;
  const found = `the ${what} holds ${partial ? 'more than ' : ''}${formatBytes(bytes)} (${folder})`;
  if (bytes < LARGE) return ok(id, found);
  return warning(id, found, { remedy: `Remove what you do not need: ${why}` });
}
