import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type * as expressions from '@actions/expressions';
import type * as parser from '@actions/workflow-parser';
import type * as actionParser from '@actions/workflow-parser/actions/index';

const root = join(import.meta.dirname, '..', '..', '..');

/** GitHub's own reader of workflow and action files, and its own evaluator of expressions. */
export type GitHubPackages = Pick<
  typeof parser,
  | 'parseWorkflow'
  | 'convertWorkflowTemplate'
  | 'NoOperationTraceWriter'
  | 'isMapping'
  | 'isSequence'
  | 'isBasicExpression'
  | 'isString'
  | 'isNumber'
  | 'isBoolean'
> &
  Pick<typeof actionParser, 'parseAction' | 'convertActionTemplate'> &
  Pick<typeof expressions, 'data' | 'Evaluator' | 'Lexer' | 'Parser'>;

const source = `
export {
  parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter,
  isMapping, isSequence, isBasicExpression, isString, isNumber, isBoolean,
} from '@actions/workflow-parser';
export { parseAction, convertActionTemplate } from '@actions/workflow-parser/actions/index';
export { data, Evaluator, Lexer, Parser } from '@actions/expressions';
`;

async function load(): Promise<GitHubPackages> {
  const versions = await Promise.all(
    ['@actions/workflow-parser', '@actions/expressions', 'esbuild'].map(async (name) => {
      const manifest: unknown = JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8'));
      return (manifest as { readonly version: string }).version;
    }),
  );
  const folder = join(root, 'node_modules', '.cache', 'touchstone-test');
  const bundle = join(folder, `github-packages-${versions.join('-')}.mjs`);
  if (!existsSync(bundle)) {
    // The packages import JSON without attributes, which Node refuses: bundled once, 26 ms. Renamed into place, so that
    // another test process never loads half of it.
    await mkdir(folder, { recursive: true });
    const outfile = `${bundle}.${process.pid}.mjs`;
    await build({
      stdin: { contents: source, resolveDir: root },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      // CommonJS inside, which a bundle of modules cannot require; Node loads it as it is.
      external: ['yaml'],
      logLevel: 'error',
    });
    await rename(outfile, bundle);
  }
  return (await import(pathToFileURL(bundle).href)) as GitHubPackages;
}

/** GitHub's packages, bundled and loaded once per process. */
export const github = await load();
