import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ACTIONS, COMMON_OUTPUTS } from '../../actions/contracts.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const documentation = readFileSync(path.join(ROOT, 'docs/actions.md'), 'utf8');

interface ActionFile {
  readonly name: string;
  readonly description: string;
  readonly inputs: { readonly [name: string]: { description: string; required: boolean; default?: string } };
  readonly outputs: { readonly [name: string]: { readonly description: string } };
  readonly runs: { readonly using: string; readonly main: string };
}

function actionFile(folder: string): ActionFile {
  return parse(readFileSync(path.join(ROOT, folder, 'action.yml'), 'utf8')) as ActionFile;
}

/** A part of the documentation, from its heading to the next. */
function section(title: string): string {
  return documentation.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
}

/** The names in the first column of the tables of a text. */
function firstColumn(text: string): readonly string[] {
  return [...text.matchAll(/^\| (`.+?`)+ \|/gm)].flatMap(([row]) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
}

describe.each(Object.entries(ACTIONS))('the action %s', (folder, contract) => {
  const file = actionFile(folder);
  const documented = section(contract.name === 'run' ? 'The action at the root' : contract.name);

  it('takes the inputs that its action.yml names', () => {
    expect(Object.keys(file.inputs).toSorted()).toEqual(Object.keys(contract.inputs).toSorted());
  });

  it('takes every default, and misses what is required', () => {
    for (const [name, schema] of Object.entries(contract.inputs)) {
      const input = file.inputs[name];
      const written = input?.required === true ? '' : (input?.default ?? '');
      expect(v.safeParse(schema, written).success, name).toBe(input?.required !== true);
    }
  });

  it('gives the outputs that its action.yml names', () => {
    expect(Object.keys(file.outputs)).toEqual([...COMMON_OUTPUTS, ...contract.outputs]);
  });

  it('runs on Node 24, out of its bundle', () => {
    expect(file.runs.using).toBe('node24');
    const bundle = path.relative(ROOT, path.resolve(ROOT, folder, file.runs.main));
    expect(bundle).toBe(`dist/action-${contract.name}.js`);
  });

  it('is documented: its inputs, its own outputs, its permissions', () => {
    expect(firstColumn(documented).toSorted()).toEqual(
      [...Object.keys(contract.inputs), ...contract.outputs].toSorted(),
    );
    const permissions = Object.entries(contract.permissions).map(([scope, access]) => `\`${scope}: ${access}\``);
    expect(documented).toContain(`Permissions: ${permissions.join(', ')}.`);
  });
});

describe('the documentation of actions', () => {
  it('names the outputs that all have', () => {
    expect(firstColumn(section('Outputs'))).toEqual([...COMMON_OUTPUTS]);
  });

  it('speaks of every action that there is', () => {
    const folders = readdirSync(path.join(ROOT, 'actions'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'run')
      .map(({ name }) => name);
    expect(folders.toSorted()).toEqual(
      Object.values(ACTIONS)
        .map(({ name }) => name)
        .filter((name) => name !== 'run')
        .toSorted(),
    );
    for (const name of folders) expect(section(name)).not.toBe('');
  });
});
