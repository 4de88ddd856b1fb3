import { readFile } from 'node:fs/promises';
import type { validate } from '@actions/languageservice';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bundled } from './bundled.ts';
import { TEMPLATES, textOf } from './workflow.ts';

type Validate = typeof validate;
type Metadata = NonNullable<
  Awaited<
    ReturnType<NonNullable<NonNullable<Parameters<Validate>[1]>['actionsMetadataProvider']>['fetchActionMetadata']>
  >
>;

interface Service {
  readonly validate: Validate;
  readonly TextDocument: { create(uri: string, language: string, version: number, text: string): Document };
}
type Document = Parameters<Validate>[0];

let service: Service;

// What GitHub's editor checks with.
beforeAll(async () => {
  service = await bundled<Service>(
    `export { validate } from '@actions/languageservice'; export { TextDocument } from 'vscode-languageserver-textdocument';`,
  );
});

/** Inputs that the templates give; https://github.com/actions/checkout/blob/v7.0.1/action.yml and its like. */
const OTHERS: { readonly [name: string]: readonly string[] } = {
  'actions/checkout': ['repository', 'ref', 'token', 'persist-credentials', 'path', 'fetch-depth', 'lfs', 'submodules'],
  'actions/upload-artifact': [
    'name',
    'path',
    'if-no-files-found',
    'retention-days',
    'compression-level',
    'overwrite',
    'include-hidden-files',
    'archive',
  ],
  'actions/download-artifact': [
    'name',
    'artifact-ids',
    'path',
    'pattern',
    'merge-multiple',
    'github-token',
    'repository',
    'run-id',
  ],
};

async function metadataOf(name: string, path: string | undefined): Promise<Metadata> {
  const others = OTHERS[name];
  if (path === undefined && others !== undefined) {
    return {
      name,
      description: name,
      inputs: Object.fromEntries(others.map((input) => [input, { description: input }])),
    };
  }
  return parse(await readFile(`${path ?? ''}/action.yml`, 'utf8')) as Metadata;
}

/** What the editor would underline, as `line: message`. */
async function complaints(file: string, text: string): Promise<readonly string[]> {
  const document = service.TextDocument.create(`file:///.github/workflows/${file}`, 'yaml', 1, text);
  const found = await service.validate(document, {
    actionsMetadataProvider: { fetchActionMetadata: ({ owner, name, path }) => metadataOf(`${owner}/${name}`, path) },
  });
  return found.map(({ range, message }) => `${range.start.line + 1}: ${JSON.stringify(message)}`);
}

describe("GitHub's own language service", () => {
  it.each(TEMPLATES)('has nothing to say of %s', async (template) => {
    expect(await complaints(template, await textOf(template))).toEqual([]);
  });

  it('would say that an action has no such input, and a workflow no such key', async () => {
    const text = await textOf('touchstone-judge.yml');
    expect(await complaints('a.yml', text.replace('judged:', 'judge:'))).not.toEqual([]);
    expect(await complaints('b.yml', text.replace('queue: max', 'queue: some'))).not.toEqual([]);
    expect(await complaints('c.yml', text.replace('needs.judge.result', 'needs.judges.result'))).not.toEqual([]);
  });
});
