import path from 'node:path';
import * as v from 'valibot';
import { gitHubObjects } from '../../src/adapters/github/gitObjects.ts';
import { findChanges, modelsOf, type ConfigPlace } from '../../src/commands/findChanges.ts';
import type { ValidationReport } from '../../src/commands/validate.ts';
import { UserMistake } from '../../src/failure.ts';
import { isCommitSha, parseCommitSha, splitRepositoryName, type CommitSha } from '../../src/identity/git.ts';
import { modelsToTrain } from '../../src/pullRequest/touchedModels.ts';
import { annotateAnomalies } from '../../src/report/annotateRun.ts';
import type { Annotation } from '../../src/report/annotation.ts';
import { anomaliesMarkdown } from '../../src/report/jobSummary.ts';
import { openWorkbench, selectModels } from '../../src/workbench/workbench.ts';
import type { InputsOf, VALIDATE } from '../contracts.ts';
import type { ActionOutcome } from '../outcome.ts';
import type { Action } from '../runAction.ts';
import { configSource, schemaSource } from '../sources.ts';

type Validate = Action<InputsOf<typeof VALIDATE.inputs>>;

/**
 * Looks for anomalies in the data of the models that a pull request touches. What it says is feedback and the list of
 * what to train: the judge, which the pull request cannot touch, looks again.
 */
export async function validate(action: Validate): Promise<ActionOutcome<'models'>> {
  const { run, process, inputs, log } = action;
  // A merge group trains nothing: its heads were judged, and touchstone-judge.yml answers by their checks.
  if (run.event.name === 'merge_group') return nothingToTrain('merge-group', 'A merge group trains nothing.');
  const { head, defaultBranch } = readPullRequest(run.event);
  const place = configPlace(inputs.config ?? 'touchstone.yml', process.cwd);
  const changes = await log.group('What the pull request touches', async () => {
    const found = await findChanges(
      { ruling: await tipOf(defaultBranch, action), head, place },
      gitHubObjects(await action.gitHub(inputs.token), run.repository),
    );
    const { touched, added, removed } = found.touched;
    for (const name of touched) action.terminal.progress(`${name}: touched`);
    for (const name of added) action.terminal.progress(`${name}: new`);
    for (const { model } of removed) action.terminal.progress(`${model}: removed`);
    if (touched.length + added.length + removed.length === 0) action.terminal.progress('no model');
    return found;
  });
  const { proposed, touched } = changes;
  if (proposed.kind === 'invalid') throw invalidConfig(proposed.problems);
  if (proposed.kind === 'none') return nothingToTrain('no-config', 'There is no touchstone.yml in this pull request.');
  const names = [...touched.touched, ...touched.added];
  if (names.length === 0) return nothingToTrain('untouched', 'No model is touched.');
  const { reports, annotations } = await readModels(names, action);
  const broken = new Set(reports.filter(({ blocks }) => blocks).map(({ model }) => model));
  const models = modelsToTrain(touched, modelsOf(proposed)).filter((name) => !broken.has(name));
  return {
    blocks: broken.size > 0,
    reasonCode: broken.size > 0 ? 'data-anomalies' : 'validated',
    result: {
      schema: 'touchstone/validations/v1',
      touched: [...touched.touched],
      added: [...touched.added],
      removed: touched.removed.map(({ model }) => model),
      validations: reports.map((report) => ({
        model: report.model,
        blocks: report.blocks,
        anomalies: report.anomalies.map(({ id, code, severity }) => ({ id, code, severity })),
      })),
    },
    outputs: { models: JSON.stringify(models) },
    summary: reports.map(anomaliesMarkdown),
    annotations,
    // Where others can be trained, a failed step would keep them from it; the judge blocks what is broken.
    fails: broken.size > 0 && models.length === 0,
  };
}

/** Reads the data of models out of the checkout, which is the head's. */
async function readModels(
  names: readonly string[],
  { inputs, process, terminal, log, loadNativeParts }: Validate,
): Promise<{ readonly reports: readonly ValidationReport[]; readonly annotations: readonly Annotation[] }> {
  const workbench = await openWorkbench(process, inputs.config === undefined ? {} : { config: inputs.config });
  const { config } = workbench;
  await loadNativeParts();
  const { ModelBench } = await import('../../src/workbench/modelBench.ts');
  const configText = await configSource(config, process.cwd);
  const reports: ValidationReport[] = [];
  const annotations: Annotation[] = [];
  for (const model of selectModels(config, undefined).filter(({ name }) => names.includes(name))) {
    const { validation } = await log.group(`Data of ${model.name}`, () =>
      ModelBench.open(workbench, model, process, terminal),
    );
    reports.push(validation.report);
    const schema = await schemaSource(model, config, process.cwd);
    annotations.push(...annotateAnomalies(model, validation.report.anomalies, configText, schema));
  }
  return { reports, annotations };
}

function nothingToTrain(reasonCode: string, said: string): ActionOutcome<'models'> {
  return {
    blocks: false,
    reasonCode,
    result: { schema: 'touchstone/validations/v1', touched: [], added: [], removed: [], validations: [] },
    outputs: { models: '[]' },
    summary: [said],
    fails: false,
  };
}

const sha = v.pipe(v.string(), v.check(isCommitSha, 'a commit'), v.transform(parseCommitSha));
const pullRequestEvent = v.object({
  pull_request: v.object({ head: v.object({ sha }) }),
  repository: v.object({ default_branch: v.string() }),
});

function readPullRequest({ name, payload }: Validate['run']['event']): {
  readonly head: CommitSha;
  readonly defaultBranch: string;
} {
  const read = v.safeParse(pullRequestEvent, payload);
  if (name === 'pull_request' && read.success) {
    return { head: read.output.pull_request.head.sha, defaultBranch: read.output.repository.default_branch };
  }
  throw new UserMistake('event-unsupported', {
    where: 'on',
    found: `the run was started by ${name}`,
    expected: 'pull_request or merge_group',
    remedy: 'Take touchstone-pr.yml as "touchstone init" writes it; for other events there is the action at the root',
  });
}

async function tipOf(branch: string, { run, inputs, gitHub }: Validate): Promise<CommitSha> {
  const client = await gitHub(inputs.token);
  const { data } = await client.rest.git.getRef({
    ...splitRepositoryName(run.repository),
    ref: `heads/${branch}`,
  });
  return parseCommitSha(data.object.sha);
}

/** @param config as the input names it, from the root of the repository. */
function configPlace(config: string, workspace: string): ConfigPlace {
  const inside = path.posix.normalize(config.split(path.sep).join('/'));
  const folder = path.posix.dirname(inside);
  const below = folder === '.' ? '' : folder;
  return { folder: below, name: path.posix.basename(inside), root: path.join(workspace, below) };
}

function invalidConfig(problems: UserMistake['problems']): UserMistake {
  const [first = { where: 'touchstone.yml', found: 'it cannot be read' }, ...rest] = problems;
  return new UserMistake('config-invalid', first, ...rest);
}
