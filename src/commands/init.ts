import type { Config } from '../config/config.ts';
import { parseConfig } from '../config/parseConfig.ts';
import { UserMistake } from '../failure.ts';
import type { Proposal } from '../proposal/proposal.ts';
import { writeSchema } from '../proposal/writeSchema.ts';
import { newConfig, sectionRange, withModel } from '../scaffold/configText.ts';
import type { DataFormat } from '../scaffold/dataFormat.ts';
import { isGuessed, replaceGuess } from '../scaffold/gateText.ts';
import { completedGitignore } from '../scaffold/ignoredFiles.ts';
import { guessedMargin, type MeasuredMargin } from '../scaffold/margin.ts';
import { modelSection } from '../scaffold/modelSection.ts';
import type { FileChange, ProjectFiles, Standing } from '../scaffold/projectFiles.ts';
import { requirementsText } from '../scaffold/requirementsText.ts';
import { trainingScript } from '../scaffold/trainingScript.ts';
import { WORKFLOW_FILES, WORKFLOWS_FOLDER, type WorkflowTemplates } from '../scaffold/workflowText.ts';

export interface InitRequest {
  /** Absolute path of the folder that holds the configuration. */
  readonly root: string;
  /** The configuration's name in it: `touchstone.yml`. */
  readonly configName: string;
  readonly proposal: Proposal;
  readonly data: DataFormat;
  /** A data file from elsewhere, and where `proposal.data` says that it will lie. */
  readonly copy?: { readonly from: string; readonly to: string };
  /** What GitHub runs, filled in; absent where the repository is not on GitHub. */
  readonly workflows?: WorkflowTemplates;
}

/** All that will be written, and what stands already; carried out as one. */
export interface InitPlan {
  readonly model: Proposal['model'];
  /** Of the training script, relative to the configuration. */
  readonly script: string;
  readonly changes: readonly FileChange[];
  /** Files that stand and stay, with what that means. */
  readonly stands: readonly { readonly path: string; readonly sentence: string }[];
  /** The whole configuration as it will be. */
  readonly config: string;
}

/**
 * Decides what to write, and writes nothing. Names that are taken are left alone and others found.
 *
 * @throws UserMistake where the configuration that stands there is broken, has the model already, or cannot be added to.
 */
export async function planInit(request: InitRequest, files: Pick<ProjectFiles, 'standing'>): Promise<InitPlan> {
  const { proposal, data, copy } = request;
  const changes: FileChange[] = copy === undefined ? [] : [{ kind: 'copy', path: copy.to, from: copy.from }];
  const stands: { path: string; sentence: string }[] = [];
  const place = async (name: string, text: string): Promise<string> => {
    const chosen = await freeName(name, proposal.model, text, files);
    if (chosen.path !== name) {
      stands.push({ path: name, sentence: `stays as it is; the new one is ${chosen.path}` });
    }
    if (chosen.same) stands.push({ path: chosen.path, sentence: 'stands already, with just this content' });
    else changes.push({ kind: 'create', path: chosen.path, text });
    return chosen.path;
  };
  const names = {
    script: await place('train.py', trainingScript(proposal, data)),
    requirements: await place('requirements.txt', requirementsText(data)),
    schema: await place('schema.yml', writeSchema(proposal.schema)),
  };
  const gitignore = await planGitignore(files);
  if (gitignore !== undefined) changes.push(gitignore);
  if (request.workflows !== undefined) {
    const workflows = await planWorkflows(request.workflows, files);
    changes.push(...workflows.changes);
    stands.push(...workflows.stands);
  }
  const section = modelSection(proposal, names, guessedMargin(proposal.metric, proposal.holdoutRows));
  const config = await planConfig(request, section, files);
  return { model: proposal.model, script: names.script, changes: [...changes, config], stands, config: config.text };
}

/** The workflows that do not stand yet; those that do are left as they are, whatever is in them. */
export async function planWorkflows(
  workflows: WorkflowTemplates,
  files: Pick<ProjectFiles, 'standing'>,
): Promise<Pick<InitPlan, 'changes' | 'stands'>> {
  const changes: FileChange[] = [];
  const stands: { path: string; sentence: string }[] = [];
  for (const file of WORKFLOW_FILES) {
    const path = `${WORKFLOWS_FOLDER}/${file}`;
    const standing = await files.standing(path);
    if (standing.kind === 'nothing') changes.push({ kind: 'create', path, text: workflows[file] });
    else if (standing.kind === 'other' || standing.text !== workflows[file]) {
      stands.push({ path, sentence: 'stays as it is; "touchstone doctor" compares it with this release' });
    }
  }
  return { changes, stands };
}

/** `train.py`, else `train-churn.py`, else `train-churn-2.py`; a file with the same content is as good as free. */
async function freeName(
  name: string,
  model: string,
  text: string,
  files: Pick<ProjectFiles, 'standing'>,
): Promise<{ readonly path: string; readonly same: boolean }> {
  const [, stem = name, ending = ''] = /^(.+)(\.[^.]+)$/.exec(name) ?? [];
  for (let attempt = 0; ; attempt += 1) {
    const suffix = attempt === 0 ? '' : attempt === 1 ? `-${model}` : `-${model}-${attempt}`;
    const path = `${stem}${suffix}${ending}`;
    const standing = await files.standing(path);
    if (standing.kind === 'nothing') return { path, same: false };
    if (standing.kind === 'text' && standing.text === text) return { path, same: true };
  }
}

async function planGitignore(files: Pick<ProjectFiles, 'standing'>): Promise<FileChange | undefined> {
  const path = '.gitignore';
  const standing = await files.standing(path);
  if (standing.kind === 'other') return undefined;
  const before = textOf(standing);
  const completed = completedGitignore(before ?? '');
  if (completed === undefined) return undefined;
  return before === undefined
    ? { kind: 'create', path, text: completed.text }
    : { kind: 'edit', path, before, text: completed.text };
}

async function planConfig(
  { root, configName, proposal, workflows }: InitRequest,
  section: readonly string[],
  files: Pick<ProjectFiles, 'standing'>,
): Promise<Exclude<FileChange, { kind: 'copy' }>> {
  const standing = await files.standing(configName);
  const source = { file: `${root}/${configName}`, root, shown: configName };
  const before = textOf(standing);
  if (before === undefined) {
    const text = newConfig(section, workflows === undefined ? 'anywhere' : 'github');
    parseConfig(text, source);
    return { kind: 'create', path: configName, text };
  }
  const { config } = parseConfig(before, source);
  if (config.models.has(proposal.model)) throw modelStands(configName, proposal.model);
  const text = withModel(before, section);
  if (text === undefined) {
    throw new UserMistake('config_not_extended', {
      where: configName,
      found: 'the models are written inside of braces, so that none can be added without rewriting them',
      expected: '"models:" and below it each model on lines of its own',
      remedy: 'Write them so, and run the command again',
    });
  }
  assertOthersStay(config, parseConfig(text, source).config);
  return { kind: 'edit', path: configName, before, text };
}

/** A text edit that changed another model would be our bug: better noticed than written. */
function assertOthersStay(before: Config, after: Config): void {
  for (const [name, model] of before.models) {
    if (JSON.stringify(after.models.get(name)) === JSON.stringify(model)) continue;
    throw new TypeError(`Adding a model would change ${name}.`);
  }
}

function modelStands(where: string, model: string): UserMistake {
  return new UserMistake('model_stands', {
    where,
    found: `there is a model "${model}" already`,
    remedy: 'Name the new one with --model NAME',
  });
}

function textOf(standing: Standing): string | undefined {
  return standing.kind === 'text' ? standing.text : undefined;
}

/** Whether a model of a configuration still has the margin that it was given unmeasured. */
export function hasGuessedMargin(config: string, model: string): boolean {
  const range = sectionRange(config, model);
  return range !== undefined && isGuessed(config.slice(...range));
}

/**
 * The change that puts a measured margin in the place of the guess.
 * @returns `undefined` where the configuration no longer holds the guess: whoever changed it knows better.
 */
export function planMargin(
  configName: string,
  before: string,
  gated: { readonly model: string; readonly metric: Proposal['metric'] },
  margin: MeasuredMargin,
): Extract<FileChange, { kind: 'edit' }> | undefined {
  const range = sectionRange(before, gated.model);
  const section = range && replaceGuess(before.slice(...range), gated, margin);
  if (range === undefined || section === undefined) return undefined;
  const text = before.slice(0, range[0]) + section + before.slice(range[1]);
  return { kind: 'edit', path: configName, before, text };
}
