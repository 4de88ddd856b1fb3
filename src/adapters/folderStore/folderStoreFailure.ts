import { ServiceFailure, UserMistake } from '../../failure.ts';

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export type Deed = 'create' | 'read' | 'list' | 'write';

/** Bytes that a file needs and bytes that its disk has left; of use where it is full. */
export interface Room {
  readonly needed: number;
  readonly free?: number;
}

/** Whether an error says that there is no room; then how much there is may be asked. */
export function isFull(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && CAUSES[code]?.code === 'store_full';
}

interface Cause {
  readonly code: string;
  readonly found: string;
  readonly remedy: string;
}

const FULL = (found: string): Cause => ({
  code: 'store_full',
  found,
  remedy:
    'Nothing half-written was left. Make room, and run the command again: what stands already is not written twice',
});
const DENIED = (found: string): Cause => ({
  code: 'store_denied',
  found,
  remedy:
    'Give the user who runs this command the right to read and write the registry folder, or name another in touchstone.yml',
});
const NO_LINKS: Cause = {
  code: 'no_hard_links',
  found: 'the filesystem has no hard links, on which the creation of a name exactly once is built',
  remedy: 'Put the registry on a filesystem that has them (ext4, XFS, APFS, NTFS, NFS; not FAT or exFAT)',
};

const CAUSES: { readonly [code: string]: Cause } = {
  ENOSPC: FULL('the disk is full'),
  EDQUOT: FULL('the disk quota is used up'),
  EFBIG: FULL('the file is larger than may be written here'),
  EACCES: DENIED('permission denied'),
  EROFS: DENIED('the filesystem is read-only'),
  EPERM: DENIED('operation not permitted'),
  EXDEV: { ...NO_LINKS, found: 'a folder inside the registry lies on another filesystem, where no link can lead' },
  ENOTDIR: {
    code: 'store_failed',
    found: 'a file lies where a folder is needed',
    remedy: 'Move the file away, or name another place as "registry" in touchstone.yml',
  },
  ENOTSUP: NO_LINKS,
  EOPNOTSUPP: NO_LINKS,
  ENOSYS: NO_LINKS,
};

/** What a person is told when the folder fails. Errors that are not the filesystem's come through as they are. */
export function folderStoreFailure(
  store: { readonly location: string },
  deed: Deed,
  key: string,
  error: unknown,
  room?: Room,
): unknown {
  const code = codeOf(error);
  if (code === undefined || error instanceof ServiceFailure || error instanceof UserMistake) return error;
  const cause = isRefusedLink(error, code) ? NO_LINKS : CAUSES[code];
  const {
    found,
    remedy,
    code: failure,
  } = cause ?? {
    code: 'store_failed',
    found: error instanceof Error ? error.message : code,
    remedy: 'Look after the disk or mount that the registry lies on, and run the command again',
  };
  return new ServiceFailure(
    failure,
    {
      where: `${store.location}: ${key}`,
      found: `cannot ${deed} it: ${found} (${code})${told(failure, room)}`,
      remedy,
    },
    { cause: error },
  );
}

/** `; it needs 12,345 bytes, and 0 are free`. */
function told(failure: string, room: Room | undefined): string {
  if (failure !== 'store_full' || room === undefined) return '';
  const free = room.free === undefined ? '' : `, and ${room.free.toLocaleString('en')} are free`;
  return `; it needs ${room.needed.toLocaleString('en')} bytes${free}`;
}

/** FAT and exFAT answer EPERM to link(2), and to nothing else here. */
function isRefusedLink(error: unknown, code: string): boolean {
  return code === 'EPERM' && error instanceof Error && 'syscall' in error && error.syscall === 'link';
}
