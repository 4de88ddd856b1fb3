import { github } from './githubPackages.ts';
import { isWrittenMap, literal, mapping, onlyKeys, WorkflowError, written } from './written.ts';

import type { Written, WrittenMap } from './written.ts';

/** An `action.yml` of a JavaScript action. */
export type ActionFile = {
  readonly name: string;
  readonly inputs: ReadonlyMap<string, ActionInput>;
  readonly outputs: readonly string[];
  readonly main: string;
  readonly pre: string | undefined;
  readonly preIf: string;
  readonly post: string | undefined;
  readonly postIf: string;
};

export type ActionInput = { readonly required: boolean; readonly default: Written | undefined };

/** Reads an `action.yml` by GitHub's own parser; what is wrong, or what the runner does not carry out, is an error. */
export function parseActionFile(contents: string, path: string): ActionFile {
  const { context, value } = github.parseAction({ name: path, content: contents }, new github.NoOperationTraceWriter());
  if (value === undefined || context.errors.count > 0) {
    throw new WorkflowError(
      context.errors
        .getErrors()
        .map((error) => `${path}: ${error.message}`)
        .join('\n'),
    );
  }
  const action = mapping(written(value, contents), path);
  const runs = mapping(action.get('runs'), `${path}: runs`);
  const using = literal(runs.get('using'), 'nothing');
  if (using !== 'node24') throw new WorkflowError(`${path}: runs.using: the runner runs node24, found ${using}`);
  onlyKeys(runs, ['using', 'main', 'pre', 'pre-if', 'post', 'post-if'], `${path}: runs`);
  return {
    name: literal(action.get('name'), path),
    inputs: new Map(
      [...mapping(action.get('inputs'), `${path}: inputs`)].map(([name, input]) => [name, actionInput(input)]),
    ),
    outputs: [...mapping(action.get('outputs'), `${path}: outputs`).keys()],
    main: plainText(runs, 'main', path) ?? '',
    pre: plainText(runs, 'pre', path),
    preIf: plainText(runs, 'pre-if', path) ?? 'always()',
    post: plainText(runs, 'post', path),
    postIf: plainText(runs, 'post-if', path) ?? 'always()',
  };
}

function actionInput(input: Written): ActionInput {
  const written: WrittenMap = isWrittenMap(input) ? input : new Map<string, Written>();
  return { required: written.get('required') === true, default: written.get('default') };
}

function plainText(runs: WrittenMap, key: string, path: string): string | undefined {
  const value = runs.get(key);
  if (value === undefined || typeof value === 'string') return value;
  throw new WorkflowError(`${path}: runs.${key}: expected plain text`);
}
