import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { downloadTool, extractTar, HTTPError } from '@actions/tool-cache';
import { ServiceFailure } from '../../failure.ts';
import { makeOwnedFolder, ownName, removeFolder, removeOrphanedFolders } from '../ownedFolders.ts';
import type { NativePartName, PinnedPart } from './nativePart.ts';
import { findDeparture, sha512Of } from './verifyNativePart.ts';

/** Where a part comes from and goes to. */
export interface Fetching {
  /** Of the pack. */
  readonly url: string;
  /** Where the part is to lie: appears there whole, or not at all. */
  readonly folder: string;
  /** For the pack while it is fetched. */
  readonly temporary: string;
}

/**
 * Fetches the pack of a part, by way of the proxy that HTTPS_PROXY names, and unpacks it once its bytes are the pinned
 * ones.
 *
 * @throws ServiceFailure `native-part-not-fetched`
 */
export async function fetchNativePart(
  name: NativePartName,
  pin: PinnedPart,
  { url, folder, temporary }: Fetching,
): Promise<void> {
  const above = path.dirname(folder);
  await mkdir(above, { recursive: true });
  await removeOrphanedFolders(above);
  const pack = path.join(temporary, `${ownName()}.tar.gz`);
  const staging = await makeOwnedFolder(above);
  try {
    await downloadTool(url, pack).catch((error: unknown) => {
      throw notFetched(name, url, folder, whyNot(error), error);
    });
    const { size } = await stat(pack);
    if (size !== pin.pack.bytes || (await sha512Of(pack)) !== pin.pack.sha512) {
      const found = `its ${size} bytes are not the ${pin.pack.bytes} that this release of Touchstone names by their sha512`;
      throw notFetched(name, url, folder, found);
    }
    await extractTar(pack, staging, ['xz', '--no-same-owner']);
    const departure = await findDeparture(pin, staging);
    if (departure !== undefined) throw notFetched(name, url, folder, `${departure.file}: ${departure.found}`);
    // Where another job of this machine was quicker, its folder stays.
    await rename(staging, folder).catch(async (error: unknown) => {
      if (!(await isFolder(folder))) throw error;
    });
  } finally {
    await rm(pack, { force: true });
    await removeFolder(staging);
  }
}

function whyNot(error: unknown): string {
  if (error instanceof HTTPError) return `the answer is ${error.httpStatusCode ?? error.message}`;
  const { message, cause } = error instanceof Error ? error : { message: String(error), cause: undefined };
  return `it cannot be fetched (${cause instanceof Error ? cause.message : message})`;
}

function notFetched(name: NativePartName, url: string, folder: string, found: string, cause?: unknown): ServiceFailure {
  const problem = {
    where: url,
    found,
    expected: `the pack of ${name}`,
    remedy: `Run the job again. Where this runner reaches the address by a proxy alone, set HTTPS_PROXY for it; where it does not reach it at all, unpack that file into ${folder}`,
  };
  return new ServiceFailure('native-part-not-fetched', problem, { cause });
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (status) => status.isDirectory(),
    () => false,
  );
}
