// Bundles the command line into dist/: one small entry, its commands as chunks that load when they are asked for.
import { build } from 'esbuild';
import { chmod, rm } from 'node:fs/promises';

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { touchstone: 'src/cli/main.ts', 'model-child': 'src/adapters/onnx/child.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['@duckdb/*', 'onnxruntime-node'],
  banner: {
    js: "import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);",
  },
  legalComments: 'none',
  minifyWhitespace: true,
  minifySyntax: true,
});
await chmod('dist/touchstone.js', 0o755);
