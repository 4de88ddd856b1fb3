import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { pythonWith } from '../../examples/digits/pythonWith.ts';

/*
 * zizmor, the static analyser of workflows, at its most exacting. It is right to ask about each of these, and the answer
 * stands beside it; anything else that it finds is a mistake.
 */
const EXCEPTIONS = [
  {
    finding: 'dangerous-triggers touchstone-judge.yml on.workflow_run',
    // It runs with rights after code of a pull request did. That is what it is for: it checks out the default branch alone,
    // has no shell, and reads what the run left as data, checked against schema, size and digest.
    because: 'judging must follow training, with rights that training must not have',
  },
  {
    finding: 'self-hosted-runner touchstone-pr.yml jobs.train.runs-on',
    // It runs code of pull requests on a machine of the team. docs/workflows.md says how to fence it in, and doctor checks.
    because: 'the GPU is there',
  },
] as const;

const TEMPLATES = ['pr', 'judge', 'override'].map((name) => `workflows-templates/touchstone-${name}.yml`);

interface Finding {
  readonly ident: string;
  readonly locations: readonly {
    readonly symbolic: {
      readonly key: { readonly Local?: { readonly verbatim_path: string } };
      /** `{ Key: 'on' }` or `{ Index: 3 }` each. */
      readonly route: { readonly route: readonly { readonly [kind: string]: string | number }[] };
      readonly kind: string;
    };
  }[];
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const hasPython = await execa('python3', ['--version'], { reject: false }).then(({ failed }) => !failed);

describe.runIf(hasPython)('zizmor', () => {
  test('finds the listed exceptions in the templates, and nothing else', async () => {
    const python = await pythonWith(root, 'test/workflows/requirements.txt');
    const { stdout } = await execa(
      path.join(path.dirname(python), 'zizmor'),
      ['--offline', '--no-config', '--persona', 'auditor', '--format', 'json-v1', ...TEMPLATES],
      { cwd: root, reject: false },
    );
    const found = (JSON.parse(stdout) as readonly Finding[]).map(tell);
    expect(found.toSorted()).toEqual(EXCEPTIONS.map(({ finding }) => finding));
  });
});

function tell({ ident, locations }: Finding): string {
  const symbolic = (locations.find((each) => each.symbolic.kind === 'Primary') ?? locations[0])?.symbolic;
  const file = path.basename(symbolic?.key.Local?.verbatim_path ?? '');
  const route = symbolic?.route.route.map((part) => Object.values(part).join('')).join('.');
  return `${ident} ${file} ${route ?? ''}`;
}
