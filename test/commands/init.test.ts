import { describe, expect, it } from 'vitest';
import {
  hasGuessedMargin,
  planInit,
  planMargin,
  planWorkflows,
  type InitPlan,
  type InitRequest,
} from '../../src/commands/init.ts';
import { parseConfig } from '../../src/config/parseConfig.ts';
import { parseModelName } from '../../src/identity/names.ts';
import type { MeasuredMargin } from '../../src/scaffold/margin.ts';
import type { ProjectFiles, Standing } from '../../src/scaffold/projectFiles.ts';
import { mistakeIn } from '../fakes/mistakeOf.ts';
import { proposal } from '../scaffold/proposals.ts';

const REQUEST: InitRequest = {
  root: '/p',
  configName: 'touchstone.yml',
  proposal: proposal(),
  data: { kind: 'csv', delimiter: ',' },
};

const A_FOLDER = 'a folder, and no text';

/** A folder in which these files stand. */
function folder(files: { readonly [path: string]: string }): Pick<ProjectFiles, 'standing'> {
  return {
    standing: (path): Promise<Standing> => {
      const text = files[path];
      if (text === undefined) return Promise.resolve({ kind: 'nothing' });
      return Promise.resolve(text === A_FOLDER ? { kind: 'other' } : { kind: 'text', text });
    },
  };
}

/** The files of a folder once a plan was carried out. */
function carriedOut(plan: InitPlan, before: { readonly [path: string]: string } = {}): { [path: string]: string } {
  const after = { ...before };
  for (const change of plan.changes) if (change.kind !== 'copy') after[change.path] = change.text;
  return after;
}

function models(config: string): readonly string[] {
  const source = { file: '/p/touchstone.yml', root: '/p', shown: 'touchstone.yml' };
  return [...parseConfig(config, source).config.models.keys()];
}

const MEASURED: MeasuredMargin = {
  kind: 'measured',
  margin: { kind: 'absolute', value: 0.0052 },
  rows: 9_713,
  seeds: [1, 2],
  difference: 0.001,
};

const GATED = { model: 'adults', metric: { family: 'accuracy' as const } };

const WORKFLOWS = {
  'touchstone-pr.yml': 'on: pull_request\n',
  'touchstone-judge.yml': 'on: workflow_run\n',
  'touchstone-override.yml': 'on: workflow_dispatch\n',
};
const [TRAINS, JUDGES, OVERRIDES] = [
  '.github/workflows/touchstone-pr.yml',
  '.github/workflows/touchstone-judge.yml',
  '.github/workflows/touchstone-override.yml',
];

describe('the workflows of a repository on GitHub', () => {
  it('are written beside everything else, and the configuration says why its registry could be there too', async () => {
    const files = carriedOut(await planInit({ ...REQUEST, workflows: WORKFLOWS }, folder({})));
    expect([files[TRAINS], files[JUDGES], files[OVERRIDES]]).toEqual(Object.values(WORKFLOWS));
    expect(files['touchstone.yml']).toMatch(
      /on a\n# clean runner, which reads the champion[^]*\n# registry: "github:"\n/,
    );
    expect(models(files['touchstone.yml'] ?? '')).toEqual(['adults']);
  });

  it('are never written over what stands there', async () => {
    const standing = {
      [TRAINS]: 'mine\n',
      [JUDGES]: WORKFLOWS['touchstone-judge.yml'],
      [OVERRIDES]: WORKFLOWS['touchstone-override.yml'],
    };
    const plan = await planInit({ ...REQUEST, workflows: WORKFLOWS }, folder(standing));
    expect(plan.changes.map(({ path }) => path).filter((path) => path.startsWith('.github'))).toEqual([]);
    expect(plan.stands).toEqual([{ path: TRAINS, sentence: expect.stringContaining('stays as it is') as string }]);
    const folders = await planWorkflows(WORKFLOWS, folder({ [TRAINS]: A_FOLDER }));
    expect(folders.changes.map(({ path }) => path)).toEqual([JUDGES, OVERRIDES]);
  });

  it('are none elsewhere, and the registry is a folder that all can write to', async () => {
    const files = carriedOut(await planInit(REQUEST, folder({})));
    expect(Object.keys(files).filter((path) => path.startsWith('.github'))).toEqual([]);
    expect(files['touchstone.yml']).toContain('\n# registry: file:/mnt/models/registry\n');
  });
});

describe('the files of a new model', () => {
  it('are all that training and judging take, the configuration last', async () => {
    const plan = await planInit(REQUEST, folder({}));
    expect(plan.changes.map(({ kind, path }) => [kind, path])).toEqual([
      ['create', 'train.py'],
      ['create', 'requirements.txt'],
      ['create', 'schema.yml'],
      ['create', '.gitignore'],
      ['create', 'touchstone.yml'],
    ]);
    expect(plan.stands).toEqual([]);
  });

  it('leave what stands alone, and get names that are free', async () => {
    const standing = {
      'train.py': 'mine',
      'train-adults.py': 'mine too',
      'requirements.txt': 'numpy\n',
      '.gitignore': '*.log',
    };
    const plan = await planInit(REQUEST, folder({ ...standing, 'schema.yml': A_FOLDER }));
    const after = carriedOut(plan, standing);
    expect(after).toMatchObject({ 'train.py': 'mine', 'train-adults.py': 'mine too', 'requirements.txt': 'numpy\n' });
    expect(Object.keys(after).sort()).toEqual([
      '.gitignore',
      'requirements-adults.txt',
      'requirements.txt',
      'schema-adults.yml',
      'touchstone.yml',
      'train-adults-2.py',
      'train-adults.py',
      'train.py',
    ]);
    expect(after['.gitignore']).toBe('*.log\n.touchstone/\n__pycache__/\n');
    expect(after['touchstone.yml']).toContain('command: [python, train-adults-2.py]');
    expect(after['touchstone.yml']).toContain('requirements: requirements-adults.txt');
    expect(after['touchstone.yml']).toContain('schema: schema-adults.yml');
    expect(plan.stands.map(({ path }) => path)).toEqual(['train.py', 'requirements.txt', 'schema.yml']);
  });

  it('are taken as they stand where they are what would be written', async () => {
    const first = carriedOut(await planInit(REQUEST, folder({})));
    const { 'touchstone.yml': gone, ...rest } = first;
    const again = await planInit(REQUEST, folder(rest));
    expect(again.changes).toEqual([{ kind: 'create', path: 'touchstone.yml', text: gone }]);
    expect(again.stands.every(({ sentence }) => sentence.includes('stands already'))).toBe(true);
  });

  it('come with a copy of data from elsewhere', async () => {
    const copy = { from: '/elsewhere/adults.csv', to: 'data/adults.csv' };
    const plan = await planInit({ ...REQUEST, copy }, folder({}));
    expect(plan.changes[0]).toEqual({ kind: 'copy', path: 'data/adults.csv', from: '/elsewhere/adults.csv' });
  });
});

describe('a configuration that stands', () => {
  const before = carriedOut.bind(undefined);

  it('gets the model added, and keeps every line that it has', async () => {
    const first = before(await planInit(REQUEST, folder({})));
    const other = { ...REQUEST, proposal: proposal({ model: parseModelName('other') }) };
    const plan = await planInit(other, folder(first));
    const text = plan.config;
    expect(models(text)).toEqual(['adults', 'other']);
    expect(text.startsWith(first['touchstone.yml'] ?? '-')).toBe(true);
    expect(plan.changes.map(({ kind, path }) => [kind, path])).toEqual([['edit', 'touchstone.yml']]);
  });

  it('is refused a model that it has', async () => {
    const first = before(await planInit(REQUEST, folder({})));
    const mistake = await mistakeIn(planInit(REQUEST, folder(first)));
    expect([mistake.code, mistake.message]).toEqual(['model_stands', expect.stringContaining('--model NAME')]);
  });

  it('is left alone where it is broken', async () => {
    const mistake = await mistakeIn(
      planInit(REQUEST, folder({ 'touchstone.yml': 'version: 1\nmodels:\n  churn: 3\n' })),
    );
    expect(mistake.code).toBe('config-invalid');
  });

  it('is left alone where its models are written in braces', async () => {
    const text = 'version: 1\nmodels: { churn: { task: regression, target: x, data: { holdout: a.csv } } }\n';
    const mistake = await mistakeIn(planInit(REQUEST, folder({ 'touchstone.yml': text })));
    expect(mistake.code).toBe('config_not_extended');
  });
});

describe('a margin that was measured', () => {
  const config = async (): Promise<string> => (await planInit(REQUEST, folder({}))).config;

  it('takes the place of the guess, and of nothing else', async () => {
    const text = (await config()).replace('task: binary', 'task: binary   # mine');
    expect(hasGuessedMargin(text, 'adults')).toBe(true);
    const change = planMargin('touchstone.yml', text, GATED, MEASURED);
    expect(change?.text).toContain('maxRegression: 0.0052 }');
    expect(change?.text).toContain('task: binary   # mine');
    expect(hasGuessedMargin(change?.text ?? '', 'adults')).toBe(false);
    const kept = change?.text.split('\n') ?? [];
    const gone = text.split('\n').filter((line) => !kept.includes(line));
    expect(gone.map((line) => line.trim().slice(0, 24))).toEqual(
      ['# The margin is a guess:', '# long as this comment st', '- { metric: accuracy, mi'].map((line) =>
        line.slice(0, 24),
      ),
    );
  });

  it('is not written where somebody chose another margin, or took the comment away', async () => {
    const text = await config();
    const other = text.replace(/maxRegression: [\d.]+/, 'maxRegression: 0.5');
    expect(planMargin('touchstone.yml', other, GATED, MEASURED)).toBeUndefined();
    const bare = text.replace(/ *# The margin is a guess[^]*?(?=\n *- \{)/, '');
    expect(hasGuessedMargin(bare, 'adults')).toBe(false);
    expect(planMargin('touchstone.yml', bare, GATED, MEASURED)).toBeUndefined();
    expect(planMargin('touchstone.yml', text, { ...GATED, metric: { family: 'auc' } }, MEASURED)).toBeUndefined();
    expect(planMargin('touchstone.yml', text, { ...GATED, model: 'other' }, MEASURED)).toBeUndefined();
  });
});
