import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { TOUCHSTONE_RELEASE, workflowTemplates } from '../../src/adapters/touchstoneRelease.ts';
import { answerArtifactName } from '../../src/pullRequest/answerDocument.ts';
import { parseOverrideTitle } from '../../src/pullRequest/judgingTitle.ts';
import { pinsOf, WORKFLOW_FILES } from '../../src/scaffold/workflowText.ts';
import { actionOf, jobOf, stepsOf, TEMPLATES, textOf, workflowOf } from './workflow.ts';

// The commits of these tags, as public workflows pin them.
const OTHERS = {
  'actions/checkout': '3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1',
  'actions/upload-artifact': '043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1',
  'actions/download-artifact': '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1',
} as const;

const OURS = `${TOUCHSTONE_RELEASE.repository}/actions/`;

describe.each(TEMPLATES)('the workflow %s', (template) => {
  it('uses three actions of GitHub and those of Touchstone, each at a commit that is named with its version', async () => {
    const { tag, sha } = TOUCHSTONE_RELEASE;
    const uses = [...(await textOf(template)).matchAll(/uses: (\S+?)@(.+)$/gm)].map(([, action = '', at]) => [
      action,
      at,
    ]);
    expect(uses).not.toEqual([]);
    for (const [action = '', at] of uses) {
      const expected = action.startsWith(OURS) ? `${sha} # ${tag}` : OTHERS[action as keyof typeof OTHERS];
      expect([action, at]).toEqual([action, expected]);
    }
  });

  it('has no shell in it, and so no place where a word of a stranger could become a command', async () => {
    const workflow = await workflowOf(template);
    for (const step of stepsOf(workflow)) expect(step).not.toHaveProperty('run');
    for (const key of ['env', 'defaults']) {
      expect(workflow).not.toHaveProperty(key);
      for (const job of Object.values(workflow.jobs)) expect(job).not.toHaveProperty(key);
    }
  });

  it('gives no job a right that it does not name, no secret, no environment and no container', async () => {
    const workflow = await workflowOf(template);
    expect(workflow.permissions).toEqual({});
    for (const job of Object.values(workflow.jobs)) expect(job.permissions).toBeDefined();
    expect(await textOf(template)).not.toMatch(
      /secrets\.|secrets:|environment:|container:|services:|write-all|read-all/,
    );
  });

  it('leaves no token in what it checks out', async () => {
    const checkouts = stepsOf(await workflowOf(template)).filter((step) => actionOf(step) === 'actions/checkout');
    expect(checkouts).not.toEqual([]);
    for (const { with: inputs } of checkouts) expect(inputs).toMatchObject({ 'persist-credentials': false });
  });

  it('is asked for every pull request: no filter of paths or branches', async () => {
    expect(await textOf(template)).not.toMatch(/\b(paths|paths-ignore|branches|branches-ignore|tags)\b\s*:/);
  });

  it('ends what hangs', async () => {
    for (const job of Object.values((await workflowOf(template)).jobs)) {
      expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  it('names inputs and outputs that its actions have', async () => {
    const text = await textOf(template);
    const workflow = await workflowOf(template);
    for (const job of Object.values(workflow.jobs)) {
      for (const step of job.steps.filter((each) => actionOf(each).startsWith(OURS))) {
        const { inputs, outputs } = await actionFile(actionOf(step).slice(OURS.length));
        for (const input of Object.keys(step.with ?? {})) expect(Object.keys(inputs)).toContain(input);
        const required = Object.entries(inputs).filter(
          ([, { required, default: given }]) => required && given === undefined,
        );
        for (const [input] of required) expect(Object.keys(step.with ?? {})).toContain(input);
        const read = [...text.matchAll(new RegExp(`steps\\.${step.id ?? '-'}\\.outputs\\.([\\w-]+)`, 'g'))];
        for (const [, output] of read) expect(Object.keys(outputs)).toContain(output);
      }
    }
  });

  it('comes with what GitHub shows where an organisation offers it', async () => {
    const text = await readFile(`workflows-templates/${template.replace(/\.yml$/, '.properties.json')}`, 'utf8');
    const properties = JSON.parse(text) as { filePatterns: readonly string[] };
    expect(properties).toEqual({
      name: expect.stringMatching(/^Touchstone: /) as string,
      description: expect.stringMatching(/\.$/) as string,
      iconName: expect.stringMatching(/^octicon [a-z-]+$/) as string,
      categories: expect.arrayContaining(['Automation']) as string[],
      filePatterns: [expect.any(String)],
    });
    expect('touchstone.yml').toMatch(new RegExp(properties.filePatterns[0] ?? ''));
  });
});

interface ActionFile {
  readonly inputs: { readonly [name: string]: { readonly required?: boolean; readonly default?: unknown } };
  readonly outputs: { readonly [name: string]: unknown };
}

async function actionFile(name: string): Promise<ActionFile> {
  const { inputs, outputs } = parse(await readFile(`actions/${name}/action.yml`, 'utf8')) as Partial<ActionFile>;
  return { inputs: inputs ?? {}, outputs: outputs ?? {} };
}

describe('training on a pull request', () => {
  it('runs for pull requests, and for a merge queue so that the queue is answered', async () => {
    const { on, name } = await workflowOf('touchstone-pr.yml');
    expect([name, on]).toEqual(['touchstone-pr', { pull_request: null, merge_group: null }]);
  });

  it('can read the commit, and write nothing', async () => {
    const workflow = await workflowOf('touchstone-pr.yml');
    expect(jobOf(workflow, 'validate').permissions).toEqual({ contents: 'read', 'pull-requests': 'read' });
    expect(jobOf(workflow, 'train').permissions).toEqual({ contents: 'read' });
    expect(Object.keys(workflow.jobs)).toEqual(['validate', 'train']);
  });

  it('checks out the commit that was pushed, and not a merge that nobody reviewed', async () => {
    for (const step of stepsOf(await workflowOf('touchstone-pr.yml'))) {
      if (actionOf(step) !== 'actions/checkout') continue;
      expect(step.with).toMatchObject({ ref: '${{ github.event.pull_request.head.sha }}' });
    }
  });

  it('has nothing to do for a merge queue: each step waits for a pull request, and training for models', async () => {
    const workflow = await workflowOf('touchstone-pr.yml');
    for (const step of jobOf(workflow, 'validate').steps) expect(step.if).toBe("github.event_name == 'pull_request'");
    expect(jobOf(workflow, 'train')).toMatchObject({
      needs: 'validate',
      if: "needs.validate.outputs.models != '' && needs.validate.outputs.models != '[]'",
    });
  });

  it('ends what a push replaces, one pull request apart from the other', async () => {
    const { concurrency } = await workflowOf('touchstone-pr.yml');
    expect(concurrency).toEqual({
      group: 'touchstone-pr-${{ github.event.pull_request.number || github.sha }}',
      'cancel-in-progress': true,
    });
  });

  it('leaves each candidate under a name of its own, with model and attempt', async () => {
    const upload = jobOf(await workflowOf('touchstone-pr.yml'), 'train').steps.at(-1);
    expect(upload?.with).toMatchObject({
      name: 'touchstone-candidate-${{ matrix.model }}-${{ github.run_attempt }}',
      path: '${{ steps.train.outputs.candidate }}',
      'if-no-files-found': 'error',
    });
  });

  it('goes on training one model where another one fails', async () => {
    expect(jobOf(await workflowOf('touchstone-pr.yml'), 'train')).toMatchObject({
      strategy: { 'fail-fast': false, matrix: { model: '${{ fromJSON(needs.validate.outputs.models) }}' } },
    });
  });
});

describe('judging a pull request', () => {
  it('follows a finished run, or is asked for by its number', async () => {
    const { on, name } = await workflowOf('touchstone-judge.yml');
    expect(name).toBe('touchstone-judge');
    expect(on).toMatchObject({ workflow_run: { workflows: ['touchstone-pr'], types: ['completed'] } });
    expect(on['workflow_dispatch']).toMatchObject({ inputs: { run: { required: true } } });
    expect(Object.keys(on)).toEqual(['workflow_run', 'workflow_dispatch']);
  });

  it('can write nothing where it loads the candidate', async () => {
    const { permissions } = jobOf(await workflowOf('touchstone-judge.yml'), 'judge');
    expect(permissions).toEqual({ contents: 'read', actions: 'read', 'pull-requests': 'read' });
  });

  it('loads no candidate where it can write', async () => {
    const { permissions, steps } = jobOf(await workflowOf('touchstone-judge.yml'), 'publish');
    expect(permissions).toEqual({ contents: 'write', actions: 'read', checks: 'write', 'pull-requests': 'write' });
    expect(steps.map(actionOf)).toEqual([
      'actions/checkout',
      'actions/download-artifact',
      `${OURS}publish`,
      'actions/upload-artifact',
    ]);
    expect(steps[1]?.with).toMatchObject({ name: '${{ needs.judge.outputs.artifact }}' });
  });

  it('checks out the default branch alone, and judges on a machine of GitHub that nobody used before', async () => {
    const workflow = await workflowOf('touchstone-judge.yml');
    for (const step of stepsOf(workflow)) {
      if (actionOf(step) === 'actions/checkout') expect(step.with).toEqual({ 'persist-credentials': false });
    }
    for (const job of Object.values(workflow.jobs)) expect(job['runs-on']).toBe('ubuntu-latest');
  });

  it('says what it left under which name: publishing alone can be run again', async () => {
    const { outputs, steps } = jobOf(await workflowOf('touchstone-judge.yml'), 'judge');
    expect(steps.at(-1)?.with).toMatchObject({ name: 'touchstone-judgement-${{ github.run_attempt }}' });
    expect(outputs?.['artifact']).toBe(
      "${{ steps.kept.outputs.artifact-id && format('touchstone-judgement-{0}', github.run_attempt) }}",
    );
  });

  it('tells publishing how judging ended, and that it is to answer by itself unless a team says otherwise', async () => {
    const publish = jobOf(await workflowOf('touchstone-judge.yml'), 'publish').steps.find(({ id }) => id === 'publish');
    expect(publish?.with).toMatchObject({ judged: '${{ needs.judge.result }}', 'answered-by': 'job' });
    expect(await textOf('touchstone-judge.yml')).toContain(
      '\n          answered-by: job # app, where the Touchstone App is installed\n',
    );
  });

  it('leaves what there is to answer, under a name of each attempt and for as long as GitHub keeps anything', async () => {
    const upload = jobOf(await workflowOf('touchstone-judge.yml'), 'publish').steps.at(-1);
    expect(upload?.with).toEqual({
      name: `${answerArtifactName(0).replace('0', '')}\${{ github.run_attempt }}`,
      path: '${{ steps.publish.outputs.answer }}',
      'if-no-files-found': 'error',
      'retention-days': 90,
    });
  });

  it('says in the title of its run which one it judges', async () => {
    const { 'run-name': title } = await workflowOf('touchstone-judge.yml');
    expect(title).toBe('touchstone-judge: run ${{ github.event.workflow_run.id || inputs.run }}');
  });

  it('answers the commits one after the other, and drops none', async () => {
    expect((await workflowOf('touchstone-judge.yml')).concurrency).toEqual({
      group: 'touchstone-judge-${{ github.event.workflow_run.head_sha || inputs.run }}',
      queue: 'max',
    });
  });
});

describe('letting something pass on a pull request', () => {
  it('is started by hand or by the App, with a comment and a run, and says so in its title', async () => {
    const workflow = await workflowOf('touchstone-override.yml');
    expect(Object.keys(workflow.on)).toEqual(['workflow_dispatch']);
    expect(workflow.on['workflow_dispatch']).toMatchObject({
      inputs: { comment: { required: true }, run: { required: true } },
    });
    const given = { run: 7, comment: 3_000_000_009 };
    const title = (workflow['run-name'] ?? '')
      .replace('${{ inputs.run }}', String(given.run))
      .replace('${{ inputs.comment }}', String(given.comment));
    expect(parseOverrideTitle(title)).toEqual(given);
  });

  it('runs on the default branch alone, and can write the registry and nothing that people see', async () => {
    const {
      if: guard,
      permissions,
      steps,
      'runs-on': machine,
    } = jobOf(await workflowOf('touchstone-override.yml'), 'override');
    expect(guard).toBe("github.ref == format('refs/heads/{0}', github.event.repository.default_branch)");
    expect(permissions).toEqual({ contents: 'write', actions: 'read', 'pull-requests': 'read' });
    expect(machine).toBe('ubuntu-latest');
    expect(steps.map(actionOf)).toEqual(['actions/checkout', `${OURS}override`, 'actions/upload-artifact']);
    expect(steps[0]?.with).toEqual({ 'persist-credentials': false });
    expect(steps[1]?.with).toEqual({ comment: '${{ inputs.comment }}', run: '${{ inputs.run }}' });
  });

  it('leaves what became of it under the name that answers have, where it was not cancelled', async () => {
    const upload = jobOf(await workflowOf('touchstone-override.yml'), 'override').steps.at(-1);
    expect(upload?.if).toBe("!cancelled() && steps.override.outputs.answer != ''");
    expect(upload?.with).toMatchObject({
      name: `${answerArtifactName(1).slice(0, -1)}\${{ github.run_attempt }}`,
      path: '${{ steps.override.outputs.answer }}',
    });
  });

  it('takes one word after the other, and drops none', async () => {
    expect((await workflowOf('touchstone-override.yml')).concurrency).toEqual({
      group: 'touchstone-override',
      queue: 'max',
    });
  });
});

describe('the templates', () => {
  it('are the ones that init writes and doctor compares with', async () => {
    const templates = await workflowTemplates();
    expect(Object.keys(templates)).toEqual([...WORKFLOW_FILES]);
    for (const file of WORKFLOW_FILES) expect(templates[file]).toBe(await textOf(file));
  });

  it('run one release of Touchstone, the one that package.json names', async () => {
    expect(TOUCHSTONE_RELEASE.sha).toMatch(/^[0-9a-f]{40}$/);
    expect(TOUCHSTONE_RELEASE.tag).toMatch(/^v\d+\.\d+\.\d+$/);
    for (const file of WORKFLOW_FILES) {
      expect(pinsOf(await textOf(file), TOUCHSTONE_RELEASE.repository)).toEqual([TOUCHSTONE_RELEASE.sha]);
    }
  });
});
