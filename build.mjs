// Bundles the command line into dist/: one small entry, its commands as chunks that load when they are asked for.
import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const esbuild = await import('esbuild').catch(() => undefined);
if (esbuild === undefined) {
  await buildInACopy();
  process.exit();
}

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

await esbuild.build({
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

/**
 * `npm install -g` from a repository runs this in a clone that it puts no tools into, since it takes the clone for global
 * as well. So they are installed beside it, where nothing else is under way.
 */
async function buildInACopy() {
  const copy = await mkdtemp(path.join(tmpdir(), 'touchstone-build-'));
  const run = (program, args) => {
    const env = Object.entries(process.env).filter(([name]) => !/^npm_config_(global|prefix|location)$/i.test(name));
    const shell = process.platform === 'win32';
    execFileSync(program, args, { cwd: copy, env: Object.fromEntries(env), stdio: 'inherit', shell });
  };
  try {
    const wanted = (source) => !/^(node_modules|\.git|dist)$/.test(path.relative('.', source));
    await cp('.', copy, { recursive: true, filter: wanted });
    run('npm', ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund']);
    run(process.execPath, ['build.mjs']);
    await cp(path.join(copy, 'dist'), 'dist', { recursive: true });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
