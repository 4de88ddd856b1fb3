import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitHub } from '../github/gitHub.ts';
import type { StandInRepository } from '../github/state/repository.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { actionMachine, runStep, type EndedStep } from './actionBundles.ts';
import { CONFIG, DATA, TRAIN } from './touchstone.ts';

const run = promisify(execFile);

const SCHEMA = `version: 1
columns:
  id: integer
  x: integer
  region: string
  label: string
`;

/** Two models on data of their own, the first one with a schema. */
const CHURN = CONFIG.replace('      train: data.csv\n', '      train: data.csv\n      schema: schema.yml\n');
const CONFIGS = `${CHURN}${CHURN.replace(/^[^]*models:\n/, '')
  .replace('churn:', 'spam:')
  .replaceAll('data.csv', 'spam.csv')
  .replaceAll('train.py', 'spam.py')}`;
const MAIN = {
  'touchstone.yml': CONFIGS,
  'schema.yml': SCHEMA,
  'data.csv': DATA,
  'spam.csv': DATA,
  'train.py': TRAIN,
  'spam.py': TRAIN,
  'README.md': 'Two models\n',
};

let github: GitHub;
let repository: StandInRepository;

beforeEach(async () => {
  github = await GitHub.start();
  repository = await github.createRepository('churn', { owner: github.createUser('acme') });
  await repository.commit('main', MAIN);
});

afterEach(() => github.close());

interface Asked {
  readonly event?: string;
  readonly permissions?: { readonly [scope: string]: 'read' | 'write' };
  readonly filled?: boolean;
}

/** Runs the action on the head of a pull request that changes files. */
async function validate(
  files: { readonly [name: string]: string },
  { event = 'pull_request', permissions = { contents: 'read', 'pull-requests': 'read' }, filled = true }: Asked = {},
): Promise<EndedStep> {
  const head = await repository.commit('topic', files);
  const workspace = await temporaryFolder();
  await run('git', ['clone', '-q', '--no-local', repository.git, workspace]);
  await run('git', ['-C', workspace, 'checkout', '-q', '--detach', head]);
  return runStep(await actionMachine({ filled }), {
    action: 'actions/validate',
    workspace,
    inputs: { token: github.token({ workflowOf: repository, permissions }) },
    event: {
      name: event,
      payload: { pull_request: { number: 1, head: { sha: head } }, repository: { default_branch: 'main' } },
    },
    env: { GITHUB_API_URL: github.apiUrl, GITHUB_SERVER_URL: github.url },
  });
}

function models({ outputs }: EndedStep): unknown {
  return JSON.parse(outputs['models'] ?? 'null');
}

describe('the models that a pull request trains', () => {
  it.each<[string, { readonly [name: string]: string }, readonly string[]]>([
    ['its training code', { 'train.py': `# better\n${TRAIN}` }, ['churn']],
    ['its data', { 'spam.csv': DATA.replace('1,0,', '1,1,') }, ['spam']],
    ['its section', { 'touchstone.yml': CONFIGS.replace('min: 0.7', 'min: 0.6') }, ['churn']],
    ['a schema of both', { 'schema.yml': `${SCHEMA}minRows: 1\n` }, ['churn', 'spam']],
  ])('are those of which it changes %s', async (_name, files, expected) => {
    const ended = await validate(files);
    expect(ended.log).not.toContain('bug');
    expect(models(ended)).toEqual(expected);
    expect(ended.outputs).toMatchObject({ reason_code: 'validated', blocks: 'false' });
    expect(ended.exitCode).toBe(0);
  });

  it('are none where it changes the README alone; no native part is asked for', async () => {
    const ended = await validate({ 'README.md': 'Models\n' }, { filled: false });
    expect(models(ended)).toEqual([]);
    expect(ended.outputs).toMatchObject({ reason_code: 'untouched' });
    expect(ended.exitCode).toBe(0);
  });

  it('are none in a merge group, which asks GitHub nothing', async () => {
    const asked = github.requests.length;
    const ended = await validate({ 'train.py': '' }, { event: 'merge_group', filled: false });
    expect(models(ended)).toEqual([]);
    expect(ended.outputs).toMatchObject({ reason_code: 'merge-group' });
    expect(github.requests).toHaveLength(asked);
  });

  it('are not those whose data are broken: these are marked in the schema, and the others are trained', async () => {
    const broken = DATA.replace('id,x,region', 'id,region2,x');
    const ended = await validate({ 'data.csv': broken, 'spam.py': `# better\n${TRAIN}` });
    expect(models(ended)).toEqual(['spam']);
    expect(ended.outputs).toMatchObject({ reason_code: 'data-anomalies', blocks: 'true' });
    const errors = ended.annotations.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ properties }) => properties)).toContainEqual(
      expect.stringMatching(/file=schema\.yml,line=[45],col=3/),
    );
    expect(ended.summary).toContain('❌ `churn`');
    expect(ended.exitCode).toBe(0);
  });

  it('fail the step where none is left', async () => {
    const ended = await validate({ 'data.csv': DATA.replace('id,x,region', 'id,region2,x') });
    expect(models(ended)).toEqual([]);
    expect(ended.exitCode).toBe(1);
  });
});

describe('a pull request that cannot be validated', () => {
  it('is told the mistakes of its configuration, each on its line', async () => {
    const ended = await validate({ 'touchstone.yml': CONFIGS.replace('metrics: [accuracy]', 'metricks: [accuracy]') });
    expect(ended.outputs).toMatchObject({ reason_code: 'config-invalid' });
    const line = CONFIGS.split('\n').findIndex((text) => text.includes('metrics:')) + 1;
    expect(ended.annotations).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        properties: expect.stringContaining(`file=touchstone.yml,line=${line}`) as string,
      }),
    );
    expect(ended.exitCode).toBe(1);
  });

  it('is told the permission that the job lacks, as YAML to add', async () => {
    const ended = await validate({ 'train.py': '' }, { permissions: {} });
    expect(ended.outputs).toMatchObject({ reason_code: 'permission_denied' });
    expect(ended.log).toContain('    permissions:\n      contents: read\n      pull-requests: read');
    expect(ended.log).toContain('.github/workflows/touchstone-pr.yml');
  });

  it('is told which events there are', async () => {
    const ended = await validate({}, { event: 'push' });
    expect(ended.outputs).toMatchObject({ reason_code: 'event-unsupported' });
  });
});
