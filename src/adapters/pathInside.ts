import path from 'node:path';

/**
 * Where a file lies below a folder: with `/` between segments on every system, "" for the folder itself; `undefined`
 * outside of it. Purely textual: links are resolved before.
 * @param on `path.win32` or `path.posix`; the system's own unless told.
 */
export function pathInside(folder: string, file: string, on: path.PlatformPath = path): string | undefined {
  // On Windows: without regard to case, and absolute where the file lies on another drive.
  const between = on.relative(folder, file);
  const outside = between === '..' || between.startsWith(`..${on.sep}`) || on.isAbsolute(between);
  return outside ? undefined : between.split(on.sep).join('/');
}
