import { beforeAll, describe, expect, it } from 'vitest';
import { bundled } from './bundled.ts';
import { jobOf, workflowOf } from './workflow.ts';

type Evaluate = (condition: string, context: object) => boolean;
let evaluate: Evaluate;

// GitHub's own evaluator.
beforeAll(async () => {
  ({ evaluate } = await bundled<{ evaluate: Evaluate }>(EVALUATOR));
});

const EVALUATOR = `
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
const always = { name: 'always', minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(true) };
export function evaluate(condition, context) {
  const { tokens } = new Lexer(condition).lex();
  const expression = new Parser(tokens, Object.keys(context), [always]).parse();
  const known = JSON.parse(JSON.stringify(context), data.reviver);
  return new Evaluator(expression, known, new Map([['always', always]])).evaluate().coerceString() === 'true';
}`;

interface Run {
  readonly event?: string;
  readonly ref?: string;
  readonly path?: string;
  readonly of?: string;
}

function ofRun({ event = 'workflow_run', ref = 'refs/heads/trunk', path, of = 'pull_request' }: Run): object {
  const workflow_run = { path: path ?? '.github/workflows/touchstone-pr.yml', event: of };
  return {
    github: {
      event_name: event,
      ref,
      event: { repository: { default_branch: 'trunk' }, ...(event === 'workflow_run' && { workflow_run }) },
    },
  };
}

async function runs(job: string, run: Run): Promise<boolean> {
  return evaluate(jobOf(await workflowOf('touchstone-judge.yml'), job).if ?? 'true', ofRun(run));
}

describe('what is judged and answered', () => {
  const cases: readonly (readonly [string, Run, { judge: boolean; publish: boolean }])[] = [
    ['a run for a pull request', {}, { judge: true, publish: true }],
    ['a run that somebody asks for', { event: 'workflow_dispatch' }, { judge: true, publish: true }],
    ['a run for a merge queue, without judging', { of: 'merge_group' }, { judge: false, publish: true }],
    ['not a run for anything else', { of: 'push' }, { judge: false, publish: false }],
    ['not a run for a dispatch', { of: 'workflow_dispatch' }, { judge: false, publish: false }],
    ['not a second workflow of that name', { path: '.github/workflows/other.yml' }, { judge: false, publish: false }],
    [
      'not a file whose name begins alike',
      { path: '.github/workflows/touchstone-pr.yml@x.yml' },
      { judge: false, publish: false },
    ],
    [
      'not what is dispatched on another branch',
      { event: 'workflow_dispatch', ref: 'refs/heads/mine' },
      { judge: false, publish: false },
    ],
    [
      'not a tag that is called like the default branch',
      { event: 'workflow_dispatch', ref: 'refs/tags/trunk' },
      { judge: false, publish: false },
    ],
  ];
  it.each(cases)('%s', async (_, run, expected) => {
    expect({ judge: await runs('judge', run), publish: await runs('publish', run) }).toEqual(expected);
  });

  it('is published also where judging failed or was cancelled', async () => {
    expect(jobOf(await workflowOf('touchstone-judge.yml'), 'publish').if).toMatch(/^always\(\) &&/);
  });
});
