// Makes build/app/: the App as one file that needs nothing but Node, for the image. It is not committed: whoever runs the App
// from a clone runs its sources.
import { build } from 'esbuild';
import { rm } from 'node:fs/promises';
import path from 'node:path';

const ROOT = import.meta.dirname;
const FOLDER = path.join(ROOT, 'build', 'app');

await rm(FOLDER, { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: ['app/main.ts'],
  outfile: path.join(FOLDER, 'main.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  sourcemap: 'linked',
  // Machine code, which the App neither loads nor needs.
  external: ['@duckdb/*', 'onnxruntime-node'],
  banner: {
    js: "import{createRequire as bundleRequire}from'node:module';import{fileURLToPath as bundlePath}from'node:url';const require=bundleRequire(import.meta.url),__filename=bundlePath(import.meta.url),__dirname=bundlePath(new URL('.',import.meta.url));",
  },
  legalComments: 'none',
  minifyWhitespace: true,
  minifySyntax: true,
});
