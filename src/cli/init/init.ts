import path from 'node:path';
import { openSurveyor } from '../../adapters/duckdb/surveyData.ts';
import { findConfigFile } from '../../adapters/configFile.ts';
import { localProjectFiles } from '../../adapters/localProjectFiles.ts';
import { gitRepositories } from '../../adapters/gitRepository.ts';
import { planInit, planWorkflows, type InitPlan } from '../../commands/init.ts';
import { parseConfig } from '../../config/parseConfig.ts';
import { UserMistake } from '../../failure.ts';
import type { ModelName } from '../../identity/names.ts';
import { propose } from '../../proposal/propose.ts';
import type { Proposal, Wishes } from '../../proposal/proposal.ts';
import { proposeTarget } from '../../proposal/proposeTarget.ts';
import type { SurveyedData } from '../../proposal/surveyor.ts';
import { adviceOnSize, chooseData, formatOf, type ChosenData } from './chooseData.ts';
import { askForTarget, ConversationEnded, settle, type Conversation } from './conversation.ts';
import { finish, tellPlan, type InitContext } from './outcome.ts';
import type { InitOptions } from './options.ts';
import { tellProposal } from './proposalText.ts';
import { workflowsFor, type ProjectWorkflows } from './workflows.ts';
import { EXIT, type ExitCode } from '../exitCode.ts';
import type { Invocation } from '../invocation.ts';
import { during } from '../../workbench/progress.ts';
import { parseModelArgument } from '../../workbench/workbench.ts';

/** Writes what it takes to train and judge a model, out of what a data file looks like. */
export async function init(invocation: Invocation<InitOptions>): Promise<ExitCode> {
  const { options } = invocation;
  if (options.yes === true) return initWith(invocation, undefined);
  // Loaded only where somebody is to be asked.
  const { terminalConversation } = await import('./terminalConversation.ts');
  const conversation = terminalConversation();
  if (conversation !== undefined) return initWith(invocation, conversation);
  throw new UserMistake('nobody_to_ask', {
    where: 'touchstone init',
    found: 'there is no terminal to ask at',
    remedy: `Take what is proposed: ${commandOf(options)} --yes`,
  });
}

/** @param conversation with whom to settle what is proposed; without one it is taken as it is. */
export async function initWith(
  invocation: Invocation<InitOptions>,
  conversation: Conversation | undefined,
): Promise<ExitCode> {
  const { process, terminal, options } = invocation;
  const startedMs = performance.now();
  const wishes: Wishes = {
    ...(options.model !== undefined && { model: parseModelArgument(options.model) }),
    ...(options.target !== undefined && { target: options.target }),
  };
  const place = await placeOfConfig(process.cwd, options.config);
  const files = localProjectFiles(place.root);
  const standing = await files.standing(place.name);
  const config =
    standing.kind === 'text'
      ? parseConfig(standing.text, { file: path.join(place.root, place.name), root: place.root, shown: place.name })
          .config
      : undefined;
  const workflows = await workflowsFor(place.root, process.env);
  const context = { invocation, place, files, startedMs };
  const named = wishes.model === undefined ? undefined : config?.models.get(parseModelArgument(wishes.model));
  if (named !== undefined) return finishStanding(context, named.name, workflows);

  try {
    const command = `touchstone init${options.yes === true ? ' --yes' : ''}${options.model === undefined ? '' : ` --model ${options.model}`}`;
    const data = await chooseData(place.root, process.cwd, options.data, conversation, command);
    const proposal = await settleProposal(data, wishes, conversation, invocation);
    process.signal.throwIfAborted();
    if (config?.models.has(proposal.model) === true) return await finishStanding(context, proposal.model, workflows);
    const plan = await planInit(
      {
        root: place.root,
        configName: place.name,
        proposal: { ...proposal, data: [data.configured] },
        data: await formatOf(data),
        ...(data.copied && { copy: { from: path.join(data.folder, data.file), to: data.configured } }),
        ...(workflows.texts && { workflows: workflows.texts }),
      },
      files,
    );
    const notes = [...(await notesOn(data, plan, place.root, process.env)), ...workflows.notes];
    if (options.dryRun === true) {
      tellPlan(terminal, plan, proposal, notes);
      return EXIT.done;
    }
    process.signal.throwIfAborted();
    await files.carryOut(plan.changes, process.signal);
    return await finish(context, plan.model, { kind: 'written', plan, proposal, notes });
  } catch (error) {
    if (!(error instanceof ConversationEnded)) throw error;
    terminal.warn('Nothing was written.');
    return EXIT.interrupted;
  }
}

/** Running it twice is harmless: what stands is told, and stays. What GitHub can run only now is added. */
async function finishStanding(
  context: InitContext,
  model: ModelName,
  { texts, notes }: ProjectWorkflows,
): Promise<ExitCode> {
  const { changes } = texts === undefined ? { changes: [] } : await planWorkflows(texts, context.files);
  const { options, process } = context.invocation;
  if (options.dryRun !== true && changes.length > 0) await context.files.carryOut(changes, process.signal);
  return finish(context, model, { kind: 'stood', added: changes, notes: changes.length === 0 ? [] : notes });
}

/** Where the configuration lies or will lie: the nearest one, or the folder that the person stands in. */
async function placeOfConfig(
  cwd: string,
  named: string | undefined,
): Promise<{ readonly root: string; readonly name: string }> {
  const file = named === undefined ? await findConfigFile(cwd) : path.resolve(cwd, named);
  return file === undefined
    ? { root: path.resolve(cwd), name: 'touchstone.yml' }
    : { root: path.dirname(file), name: path.basename(file) };
}

async function settleProposal(
  data: ChosenData,
  wishes: Wishes,
  conversation: Conversation | undefined,
  { terminal }: Invocation<InitOptions>,
): Promise<Proposal> {
  const surveyed = await during(terminal, `Looking at ${data.file}`, () =>
    openSurveyor().open(data.folder, [data.file]),
  );
  try {
    const proposed = (granted: Wishes): Promise<Proposal> =>
      during(terminal, `Looking for what gives the target away`, () => proposalOf(surveyed, granted));
    if (conversation === undefined) return await proposed(wishes);
    if (wishes.target !== undefined) return await settle(surveyed.survey, wishes, proposed, tellProposal, conversation);
    const guess = guessedTarget(surveyed, wishes);
    const target = await askForTarget(surveyed.survey, guess, conversation);
    // What was proposed and taken keeps its reason.
    const wished = target === guess?.target ? wishes : { ...wishes, target };
    return await settle(surveyed.survey, wished, proposed, tellProposal, conversation);
  } finally {
    surveyed.close();
  }
}

async function proposalOf(surveyed: SurveyedData, wishes: Wishes): Promise<Proposal> {
  const { target, task } = proposeTarget(surveyed.survey, wishes);
  return propose(surveyed.survey, await surveyed.associations(target, task.kind), wishes);
}

/** What is proposed to a person who will be asked; where nothing is, they choose freely. */
function guessedTarget(
  { survey }: SurveyedData,
  wishes: Wishes,
): { readonly target: string; readonly reason: string } | undefined {
  try {
    const { target, reasons } = proposeTarget(survey, wishes);
    return { target, reason: reasons.target };
  } catch (error) {
    if (error instanceof UserMistake && error.code.startsWith('target_')) return undefined;
    throw error;
  }
}

async function notesOn(
  data: ChosenData,
  plan: InitPlan,
  root: string,
  env: { readonly [name: string]: string | undefined },
): Promise<readonly string[]> {
  const notes: string[] = [];
  if (data.copied)
    notes.push(
      `${data.configured} is a copy of the file that you named: a configuration reads nothing outside of its folder.`,
    );
  const advice = adviceOnSize(data);
  if (advice !== undefined) notes.push(advice);
  const { known } = await gitRepositories(env).open(root);
  if (known === undefined) {
    notes.push(
      'This is no git repository. Everything works without one; "git init" makes versions traceable to commits.',
    );
  }
  for (const { path: file, sentence } of plan.stands) notes.push(`${file} ${sentence}.`);
  return notes;
}

/** The command as it was typed, to be completed. */
function commandOf({ model, data, target }: InitOptions): string {
  const given = { model, data, target };
  const words = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]));
  return ['touchstone init', ...words].join(' ');
}
