// What dist/ is made of: small entries, and the code behind them as chunks that load when they are asked for. The same
// sources give the same bytes, whatever folder they lie in.
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const ROOT = import.meta.dirname;

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

// The toolkit brings an HTTP client for identity tokens, which nothing here asks for: half a megabyte in every action.
const withoutIdentityTokens = {
  name: 'without-identity-tokens',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /oidc-utils\.js$/ }, ({ importer }) =>
      /[\\/]@actions[\\/]core[\\/]/.test(importer) ? { path: 'oidc-utils', namespace: 'no-oidc' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'no-oidc' }, () => ({ contents: 'export const OidcClient = undefined;' }));
  },
};

// Of package.json what programs read: a new tool for development does not change what is shipped.
const packageFacts = {
  name: 'package-facts',
  setup({ onLoad }) {
    onLoad({ filter: /package\.json$/ }, async ({ path: file }) => {
      if (file !== path.join(ROOT, 'package.json')) return undefined;
      const { version, repository, touchstone } = JSON.parse(await readFile(file, 'utf8'));
      return { contents: JSON.stringify({ version, repository, touchstone }), loader: 'json' };
    });
  },
};

async function entryPoints() {
  const actions = (await readdir(path.join(ROOT, 'actions'), { withFileTypes: true }))
    .map(({ name }) => [`action-${name}`, `actions/${name}/main.ts`])
    .filter(([, file]) => existsSync(path.join(ROOT, file)));
  return {
    touchstone: 'src/cli/main.ts',
    'model-child': 'src/adapters/onnx/child.ts',
    'store-trial': 'src/adapters/diagnosis/storeTrialProcess.ts',
    ...Object.fromEntries(actions.toSorted()),
  };
}

/**
 * The files of dist/ by name, and what each imports.
 * @returns {Promise<{files: Map<string, Uint8Array>, imports: Map<string, readonly string[]>}>}
 */
export async function bundle() {
  const outdir = path.join(ROOT, 'dist');
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    plugins: [withoutChildProcess, withoutIdentityTokens, packageFacts],
    entryPoints: await entryPoints(),
    outdir,
    write: false,
    metafile: true,
    bundle: true,
    // Packages that lie elsewhere, by a link, give the same names as those that lie here.
    preserveSymlinks: true,
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
  const files = new Map(outputFiles.map((file) => [path.relative(outdir, file.path), file.contents]));
  const imports = new Map(
    Object.entries(metafile.outputs).map(([file, output]) => [
      path.posix.relative('dist', file),
      output.imports.map((each) => (each.external ? each.path : path.posix.relative('dist', each.path))),
    ]),
  );
  return { files, imports };
}
