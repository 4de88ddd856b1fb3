import { stat } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { TOUCHSTONE_RELEASE } from '../touchstoneRelease.ts';
import { NATIVE_RELEASE, nativePartFolder, pinnedPart, type NativePartName } from './nativePart.ts';
import { verifyNativePart } from './verifyNativePart.ts';

/** A machine that runs actions. */
export interface NativePartsHost {
  /** `https://github.com`, or an own GitHub that has a mirror of Touchstone with its releases. */
  readonly serverUrl: string;
  /** Kept from job to job. */
  readonly toolCache: string;
  readonly temporary: string;
  readonly onFetch: (what: string, from: string) => void;
}

/** What each part is imported by. */
const PACKAGES: { readonly [name in NativePartName]: RegExp } = {
  duckdb: /^@duckdb\//,
  onnxruntime: /^onnxruntime-/,
};

/**
 * Has parts at hand, fetched where this machine has none yet, every file of them hashed; from now on this process imports
 * their packages from there, and from nowhere else.
 *
 * @throws ServiceFailure where one cannot be fetched, or is not what it must be.
 */
export async function provideNativeParts(
  names: readonly NativePartName[],
  { serverUrl, toolCache, temporary, onFetch }: NativePartsHost,
): Promise<void> {
  await Promise.all(
    names.map(async (name) => {
      const pin = pinnedPart(name);
      const folder = nativePartFolder(name, toolCache);
      if (!(await exists(folder))) {
        const url = `${serverUrl}/${TOUCHSTONE_RELEASE.repository}/releases/download/${NATIVE_RELEASE}/${pin.pack.name}`;
        onFetch(`${name} ${pin.version}`, url);
        // Only then: the means of fetching are half a megabyte of code.
        const { fetchNativePart } = await import('./fetchNativePart.ts');
        await fetchNativePart(name, pin, { url, folder, temporary });
      }
      await verifyNativePart(name, pin, folder);
    }),
  );
  const places = names.map((name) => ({ of: PACKAGES[name], from: placeIn(nativePartFolder(name, toolCache)) }));
  registerHooks({
    resolve(specifier, context, next) {
      const place = places.find(({ of }) => of.test(specifier));
      return next(specifier, place === undefined ? context : { ...context, parentURL: place.from });
    },
  });
}

/** Packages are looked for from there: a file that need not exist, beside the part's own node_modules. */
function placeIn(folder: string): string {
  return pathToFileURL(path.join(folder, 'index.js')).href;
}

async function exists(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}
