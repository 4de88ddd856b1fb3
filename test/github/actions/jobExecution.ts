import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { actionInputs, inputEnvironment, unexpectedInputs } from './actionInputs.ts';
import { isLocal, localAction, remoteAction } from './actionSource.ts';
import { holds, resolve, resolveBoolean, resolveNumber, resolveText, text } from './expressions.ts';
import { FileCommands } from './fileCommands.ts';
import { JobContexts } from './jobContexts.ts';
import { Masks } from './masks.ts';
import { killOrphans } from './orphans.ts';
import { grace, runProcess } from './processes.ts';
import { shellCommand } from './shells.ts';
import { ActionFailure } from './standIns/standIn.ts';
import { StepLog } from './stepLog.ts';
import { WorkflowError } from './written.ts';

import type { GitHub } from '../gitHub.ts';
import type { JobRecord, Outcome, StepRecord, WorkflowRun } from '../state/actions.ts';
import type { Action, ActionSource } from './actionSource.ts';
import type { Contexts, Json, Status } from './expressions.ts';
import type { Written as StepWritten } from './fileCommands.ts';
import type { Grace } from './processes.ts';
import type { Machine } from './runners.ts';
import type { JobFile, RunStep, StepFile, UsesStep, Workflow } from './workflowFile.ts';

/** What a machine needs to carry out one job. */
export type JobRequest = {
  readonly github: GitHub;
  readonly source: ActionSource;
  /** How long a minute of the file takes here, and how long a second of the runner: 1 is real. */
  readonly scale: number;
  readonly run: WorkflowRun;
  readonly workflow: Workflow;
  readonly file: JobFile;
  readonly record: JobRecord;
  readonly machine: Machine;
  /** The contexts that do not depend on the machine, `github` among them. */
  readonly values: Readonly<Record<string, Json>>;
  readonly token: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Somebody, or the time, wants it to end: steps whose `if` says so still run. */
  readonly cancelled: AbortSignal;
};

/** What `using: node24` runs on, whatever runs the test. */
const node24 = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.bin', 'node');

type Variables = Readonly<Record<string, string>>;
/** A step at work: where it is recorded, and what ends it. */
type Running = { readonly record: StepRecord; readonly log: StepLog; readonly stop: AbortSignal };
type Post = { readonly name: string; readonly if: string; readonly run: (running: Running) => Promise<Outcome> };
type NodeAction = Extract<Action, { kind: 'node' }>;
/** One use of a JavaScript action: what its parts share. */
type NodeUse = {
  readonly action: NodeAction;
  readonly inputs: ReadonlyMap<string, string>;
  readonly env: Variables;
  readonly state: Map<string, string>;
  readonly id: string;
};

/** One job on one machine: its steps in order, and then what they want done after them. */
export class JobExecution {
  readonly #request: JobRequest;
  readonly #contexts: JobContexts;
  readonly #masks = new Masks();
  readonly #posts: Post[] = [];
  readonly #actions = new Map<StepFile, Action>();
  readonly #grace: Grace;
  #failed = false;

  constructor(request: JobRequest) {
    this.#request = request;
    this.#contexts = new JobContexts(request);
    const { scale } = request;
    this.#grace = { interruptMs: grace.interruptMs * scale, terminateMs: grace.terminateMs * scale };
    this.#masks.add(request.token);
    for (const secret of Object.values(request.secrets)) this.#masks.add(secret);
  }

  /** Runs the job; what came of it. All else stands in its record. */
  async run(): Promise<Outcome> {
    const { steps } = this.#request.file;
    if (await this.#own('Set up job', (log) => this.#setUp(log))) {
      for (const step of steps) await this.#pre(step);
      for (const [at, step] of steps.entries()) await this.#step(step, at);
      for (const post of this.#posts.reverse()) await this.#post(post);
    }
    await this.#own('Complete job', async (log) => {
      for (const pid of await killOrphans(this.#contexts.trackingId)) log.say(`Terminate orphan process: pid (${pid})`);
      this.#evaluateOutputs(log);
    });
    return this.#status;
  }

  get #status(): Outcome {
    if (this.#request.cancelled.aborted) return 'cancelled';
    return this.#failed ? 'failure' : 'success';
  }

  get #statusFunctions(): Status {
    const status = this.#status;
    return { success: status === 'success', failure: status === 'failure', cancelled: status === 'cancelled' };
  }

  async #setUp(log: StepLog): Promise<void> {
    const { run, machine, file, source } = this.#request;
    await rm(machine.temp, { recursive: true, force: true });
    await mkdir(join(machine.temp, '_github_workflow'), { recursive: true });
    await mkdir(this.#contexts.workspace, { recursive: true });
    await writeFile(this.#contexts.eventPath, JSON.stringify(run.origin.payload));
    log.say(`Runner name: '${machine.options.name}'`);
    for (const step of file.steps) {
      if (step.kind === 'uses' && !isLocal(step.uses)) {
        this.#actions.set(step, await remoteAction(step.uses, source));
      }
    }
  }

  /** One of the runner's own steps. Whether it went well. */
  async #own(name: string, work: (log: StepLog) => Promise<void>): Promise<boolean> {
    const running = this.#begin(name, undefined);
    await this.#guard(running, async () => {
      await work(running.log);
      return 'success';
    });
    return running.record.conclusion === 'success';
  }

  #begin(name: string, id: string | undefined, stop: AbortSignal = new AbortController().signal): Running {
    const { steps } = this.#request.record;
    const record: StepRecord = {
      ...{ number: steps.length + 1, name, id, status: 'in_progress' },
      ...{ outcome: undefined, conclusion: undefined, startedAt: this.#request.github.time(), completedAt: undefined },
      ...{ log: [], annotations: [], summary: '', outputs: {} },
    };
    steps.push(record);
    return { record, log: new StepLog(record, this.#masks), stop };
  }

  #end(record: StepRecord, outcome: Outcome, continueOnError = false): void {
    record.status = 'completed';
    record.outcome = outcome;
    record.conclusion = outcome === 'failure' && continueOnError ? 'success' : outcome;
    record.completedAt = this.#request.github.time();
    if (record.conclusion === 'failure') this.#failed = true;
  }

  /** Does a step's work; a failure that it throws is the step's. */
  async #guard(running: Running, work: () => Promise<Outcome>, continueOnError = (): boolean => false): Promise<void> {
    const { record, log, stop } = running;
    let outcome: Outcome;
    try {
      outcome = await work();
    } catch (error) {
      if (!stop.aborted) this.#fault(log, error);
      outcome = stop.aborted ? 'cancelled' : 'failure';
    }
    const { run } = this.#request;
    for (const command of log.unknown) run.problems.push(`${run.path}: ::${command}:: is not known to the runner`);
    this.#end(record, outcome, continueOnError());
  }

  /** What is no failure of an action but of the file, or of the runner: the test is to hear of it. */
  #fault(log: StepLog, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    log.error(message);
    if (error instanceof ActionFailure) return;
    const { run, record } = this.#request;
    const shown = error instanceof Error && !(error instanceof WorkflowError) ? (error.stack ?? message) : message;
    run.problems.push(`${run.path}: ${record.name}: ${shown}`);
  }

  async #pre(step: StepFile): Promise<void> {
    const action = this.#actions.get(step);
    if (step.kind !== 'uses' || action?.kind !== 'node' || action.file.pre === undefined) return;
    const { pre, preIf } = action.file;
    if (!this.#wants(preIf, undefined)) return;
    const running = this.#begin(`Pre ${this.#name(step)}`, undefined, this.#request.cancelled);
    await this.#guard(running, () => this.#node(running, this.#use(action, step, '').use, pre));
  }

  async #step(step: StepFile, at: number): Promise<void> {
    const stop = new AbortController();
    const running = this.#begin(this.#name(step), step.id, stop.signal);
    // A cancelled job asks the running step's condition again; only where it holds no longer is the step ended.
    const onCancel = (): void => {
      if (!this.#wants(step.if, step)) stop.abort();
    };
    let isWanted: boolean;
    try {
      isWanted = this.#wants(step.if, step);
    } catch (error) {
      this.#fault(running.log, error);
      this.#end(running.record, 'failure');
      return;
    }
    if (!isWanted) {
      this.#end(running.record, 'skipped');
      return;
    }
    this.#request.cancelled.addEventListener('abort', onCancel);
    try {
      await this.#timed(step, running, stop, at);
    } finally {
      this.#request.cancelled.removeEventListener('abort', onCancel);
    }
  }

  async #timed(step: StepFile, running: Running, stop: AbortController, at: number): Promise<void> {
    let timedOut = false;
    let timer: NodeJS.Timeout | undefined;
    let continueOnError = false;
    const work = async (): Promise<Outcome> => {
      const contexts = this.#values(this.#env(step));
      continueOnError = resolveBoolean(step.continueOnError, contexts, 'continue-on-error') ?? false;
      const minutes = resolveNumber(step.timeoutMinutes, contexts, 'timeout-minutes');
      if (minutes !== undefined) {
        timer = setTimeout(
          () => {
            timedOut = true;
            running.log.error(`The action '${running.record.name}' has timed out after ${minutes} minutes.`);
            stop.abort();
          },
          minutes * 60_000 * this.#request.scale,
        );
      }
      const outcome = step.kind === 'run' ? await this.#script(step, running) : await this.#uses(step, running, at);
      return timedOut ? 'failure' : outcome;
    };
    await this.#guard(running, work, () => continueOnError);
    clearTimeout(timer);
  }

  async #post(post: Post): Promise<void> {
    if (!this.#wants(post.if, undefined)) return;
    const running = this.#begin(post.name, undefined);
    await this.#guard(running, () => post.run(running));
  }

  #wants(condition: string, step: StepFile | undefined): boolean {
    return holds(condition, { ...this.#values(this.#env(step)), status: this.#statusFunctions });
  }

  async #script(step: RunStep, running: Running): Promise<Outcome> {
    const { workflow, file, machine } = this.#request;
    const env = this.#env(step);
    const contexts = this.#values(env);
    const script = text(resolve(step.run, contexts), 'run');
    const shell = resolveText(step.shell, contexts, 'shell') ?? file.defaults.shell ?? workflow.defaults.shell;
    const folder =
      resolveText(step.workingDirectory, contexts, 'working-directory') ??
      file.defaults.workingDirectory ??
      workflow.defaults.workingDirectory ??
      '';
    const path = join(machine.temp, `${crypto.randomUUID()}.sh`);
    await writeFile(path, script);
    for (const line of script.trimEnd().split('\n')) running.log.say(line);
    const command = shellCommand(shell, path);
    return this.#process(running, command, join(this.#contexts.workspace, folder), env, new Map());
  }

  async #uses(step: UsesStep, running: Running, at: number): Promise<Outcome> {
    const action = this.#actions.get(step) ?? (await localAction(step.uses, this.#contexts.workspace));
    if (action.kind === 'stand-in') return this.#standIn(step, running, action);
    const { use, unexpected } = this.#use(action, step, step.id ?? `__${at}`);
    if (unexpected.length > 0) running.log.warning(unexpectedInputs(action, unexpected));
    const { main, post, postIf } = action.file;
    if (post !== undefined) {
      const name = `Post ${running.record.name}`;
      this.#posts.push({ name, if: postIf, run: (later) => this.#node(later, use, post) });
    }
    return this.#node(running, use, main);
  }

  #use(
    action: NodeAction,
    step: UsesStep,
    id: string,
  ): { readonly use: NodeUse; readonly unexpected: readonly string[] } {
    const env = this.#env(step);
    const { values: inputs, unexpected } = actionInputs(action, step, this.#values(env));
    return { use: { action, inputs, env, state: new Map(), id }, unexpected };
  }

  async #standIn(step: UsesStep, running: Running, action: Extract<Action, { kind: 'stand-in' }>): Promise<Outcome> {
    const { standIn } = action;
    const env = this.#env(step);
    const { values: inputs, unexpected } = actionInputs(action, step, this.#values(env));
    if (unexpected.length > 0) running.log.warning(unexpectedInputs(action, unexpected));
    for (const name of standIn.unimplemented) {
      const initial = standIn.inputs.get(name)?.default ?? '';
      if (inputs.get(name) !== initial) {
        throw new WorkflowError(`${standIn.repository}: the stand-in does not carry out the input ${name}`);
      }
    }
    const { github, run, machine } = this.#request;
    const { outputs, post } = await standIn.run({
      ...{ inputs, github, run, log: running.log, cancelled: running.stop },
      ...{ workspace: this.#contexts.workspace, temp: machine.temp },
      env: this.#contexts.processEnv(env, this.#status),
    });
    running.record.outputs = outputs;
    if (post !== undefined) {
      const later = async (): Promise<Outcome> => {
        await post();
        return 'success';
      };
      this.#posts.push({ name: `Post ${running.record.name}`, if: 'always()', run: later });
    }
    return running.stop.aborted ? 'cancelled' : 'success';
  }

  async #node(running: Running, use: NodeUse, entry: string): Promise<Outcome> {
    const { action, inputs, env, state, id } = use;
    const own = {
      ...inputEnvironment(inputs),
      ...Object.fromEntries([...state].map(([name, value]) => [`STATE_${name}`, value])),
      GITHUB_ACTION: id,
      GITHUB_ACTION_REPOSITORY: action.repository,
      GITHUB_ACTION_REF: action.ref,
    };
    const command = [node24, join(action.folder, entry)];
    return this.#process(running, command, this.#contexts.workspace, { ...env, ...own }, state);
  }

  async #process(
    running: Running,
    [command = '', ...args]: readonly string[],
    cwd: string,
    env: Variables,
    state: Map<string, string>,
  ): Promise<Outcome> {
    const files = await FileCommands.create(this.#request.machine.temp, crypto.randomUUID());
    const code = await runProcess({
      ...{ command, args, cwd, cancelled: running.stop, grace: this.#grace },
      env: { ...this.#contexts.processEnv(env, this.#status), ...files.environment },
      onLine: (line) => {
        running.log.read(line);
      },
    });
    const isWell = this.#take(running, await files.read(), state);
    if (running.stop.aborted) {
      running.log.error('The operation was canceled.');
      return 'cancelled';
    }
    if (code !== 0) running.log.error(`Process completed with exit code ${String(code)}.`);
    return code === 0 && isWell ? 'success' : 'failure';
  }

  #take({ record, log }: Running, written: StepWritten, state: Map<string, string>): boolean {
    for (const problem of written.problems) log.error(problem);
    for (const [key, value] of written.state) state.set(key, value);
    this.#contexts.take(written.env, written.paths);
    record.outputs = { ...record.outputs, ...Object.fromEntries(written.outputs) };
    record.summary = this.#masks.hide(written.summary);
    return written.problems.length === 0;
  }

  #evaluateOutputs(log: StepLog): void {
    const { file, record } = this.#request;
    const contexts = this.#values(this.#env(undefined));
    const outputs: Record<string, string> = {};
    for (const [name, value] of file.outputs) {
      const output = text(resolve(value, contexts), `outputs.${name}`);
      if (this.#masks.reveals(output)) log.warning(`Skip output '${name}' since it may contain secret.`);
      else outputs[name] = output;
    }
    record.outputs = outputs;
  }

  #name(step: StepFile): string {
    const given = resolveText(step.name, this.#values(this.#env(undefined)), 'name');
    if (given !== undefined) return given;
    if (step.kind === 'uses') return `Run ${step.uses}`;
    return `Run ${typeof step.run === 'string' ? (step.run.trim().split('\n')[0] ?? '') : 'script'}`;
  }

  #env(step: StepFile | undefined): Variables {
    return this.#contexts.env(step, this.#status);
  }

  #values(env: Variables): Contexts {
    return this.#contexts.contexts(env, this.#status);
  }
}
