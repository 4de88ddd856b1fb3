import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** A module that imports GitHub's own packages, bundled first: they import JSON as Node does not. */
export async function bundled<Module>(contents: string): Promise<Module> {
  const folder = await mkdtemp(path.join(tmpdir(), 'touchstone-bundled-'));
  const outfile = path.join(folder, 'module.mjs');
  const banner = "import{createRequire as r}from'node:module';const require=r(import.meta.url);";
  try {
    await build({
      stdin: { contents, resolveDir: process.cwd() },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      banner: { js: banner },
      logLevel: 'error',
    });
    return (await import(pathToFileURL(outfile).href)) as Module;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
