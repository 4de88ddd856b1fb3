import { beforeAll, describe, expect, it } from 'vitest';
import { bundled } from './bundled.ts';
import { parseJudgingTitle } from '../../src/pullRequest/judgingTitle.ts';
import { jobOf, workflowOf } from './workflow.ts';

type Evaluate = (expression: string, context: object, cancelled?: boolean) => string;
let evaluate: Evaluate;

// GitHub's own evaluator.
beforeAll(async () => {
  ({ evaluate } = await bundled<{ evaluate: Evaluate }>(EVALUATOR));
});

const EVALUATOR = `
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
const status = (name, value) => ({ name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) });
export function evaluate(expression, context, cancelled = false) {
  const functions = [status('always', true), status('cancelled', cancelled)];
  const { tokens } = new Lexer(expression).lex();
  const parsed = new Parser(tokens, Object.keys(context), functions).parse();
  const known = JSON.parse(JSON.stringify(context), data.reviver);
  return new Evaluator(parsed, known, new Map(functions.map((each) => [each.name, each]))).evaluate().coerceString();
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
  return evaluate(jobOf(await workflowOf('touchstone-judge.yml'), job).if ?? 'true', ofRun(run)) === 'true';
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

describe('what there is to answer', () => {
  const isLeft = async (outputs: { readonly answer?: string } | undefined, cancelled = false): Promise<boolean> => {
    const upload = jobOf(await workflowOf('touchstone-judge.yml'), 'publish').steps.at(-1);
    // Without a function of the status in it GitHub would ask for success() too.
    const steps = { judgement: { outputs: {} }, ...(outputs && { publish: { outcome: 'failure', outputs } }) };
    return evaluate(upload?.if ?? 'false', { steps }, cancelled) === 'true';
  };

  it('is left also where the step that publishes failed', async () => {
    expect(await isLeft({ answer: '/home/runner/work/_temp/touchstone-answer-x' })).toBe(true);
  });

  it.each([
    ['for a merge group, which has none', { answer: '' }],
    ['by a step that came to nothing', {}],
    ['where that step never ran', undefined],
  ] as const)('is not left %s', async (_, outputs) => {
    expect(await isLeft(outputs)).toBe(false);
  });

  it('is not left by a job that is cancelled', async () => {
    expect(await isLeft({ answer: '/tmp/a' }, true)).toBe(false);
  });
});

describe('the title of a judging run', () => {
  const titleOf = async (context: object): Promise<number | undefined> => {
    const { 'run-name': title = '' } = await workflowOf('touchstone-judge.yml');
    return parseJudgingTitle(
      title.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => evaluate(expression, context)),
    );
  };

  it('names the run that ended, or the one that somebody asks for', async () => {
    const event = { workflow_run: { id: 19_876_543_210 } };
    expect(await titleOf({ github: { event }, inputs: {} })).toBe(19_876_543_210);
    expect(await titleOf({ github: { event: {} }, inputs: { run: '101' } })).toBe(101);
  });

  it('names none where something else than a number is asked for', async () => {
    expect(await titleOf({ github: { event: {} }, inputs: { run: '101 by comment 5' } })).toBeUndefined();
  });
});

describe('an override', () => {
  const cases: readonly (readonly [string, Run, boolean])[] = [
    ['is taken on the default branch', { event: 'workflow_dispatch', ref: 'refs/heads/trunk' }, true],
    ['is not taken on another branch', { event: 'workflow_dispatch', ref: 'refs/heads/mine' }, false],
    ['is not taken on a tag of that name', { event: 'workflow_dispatch', ref: 'refs/tags/trunk' }, false],
  ];
  it.each(cases)('%s', async (_, run, expected) => {
    const { if: guard = 'true' } = jobOf(await workflowOf('touchstone-override.yml'), 'override');
    expect(evaluate(guard, ofRun(run))).toBe(String(expected));
  });
});
