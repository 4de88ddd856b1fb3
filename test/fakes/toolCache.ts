import { link, mkdir, copyFile } from 'node:fs/promises';
import path from 'node:path';
import { filesOfPart, thisPlatform } from '../../packNativeParts.ts';
import { nativePartFolder, type NativePartName } from '../../src/adapters/nativeParts/nativePart.ts';

/** Fills a tool cache with the native parts out of node_modules, as a machine that fetched their packs has it. */
export async function fillToolCache(
  toolCache: string,
  parts: readonly NativePartName[] = ['duckdb', 'onnxruntime'],
): Promise<void> {
  for (const name of parts) {
    const folder = nativePartFolder(name, toolCache);
    for (const { path: inside, from } of await filesOfPart(name, thisPlatform())) {
      const file = path.join(folder, inside);
      await mkdir(path.dirname(file), { recursive: true });
      // A hundred megabytes that nobody changes; on another file system they are copied.
      await link(from, file).catch(() => copyFile(from, file));
    }
  }
}
