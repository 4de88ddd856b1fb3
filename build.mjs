// Bundles the command line into dist/: one small entry, its commands as chunks that load when they are asked for.
import { build } from 'esbuild';
import { chmod, rm } from 'node:fs/promises';

await rm('dist', { recursive: true, force: true });
// Commander loads child_process for subcommands that are programs of their own. There are none, and loading it takes a
// tenth of the time in which a short command starts.
const withoutChildProcess = {
  name: 'without-child-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: 'child_process', namespace: 'none' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'module.exports = {};' }));
  },
};

await build({
  plugins: [withoutChildProcess],
  entryPoints: {
    touchstone: 'src/cli/main.ts',
    'model-child': 'src/adapters/onnx/child.ts',
    'store-trial': 'src/adapters/diagnosis/storeTrialProcess.ts',
  },
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
