// Bundles the command line into dist/: one small entry, its commands as chunks that load when they are asked for.
import { execFileSync } from 'node:child_process';
import { chmod, rm } from 'node:fs/promises';

const { build } = await import('esbuild').catch(installTools);

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

/** `npm install -g` from a repository runs this in a clone, and puts nothing in it: "global" is handed down to the clone. */
async function installTools() {
  execFileSync('npm', ['ci', '--ignore-scripts', '--include=dev', '--global=false', '--no-audit', '--no-fund'], {
    env: { ...process.env, npm_config_global: 'false', npm_config_prefix: '' },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return import('esbuild');
}
