import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { declaredInputs, isLocal, localAction, remoteAction } from './actionSource.ts';
import { holds, resolve, resolveBoolean, resolveNumber, resolveText, resolveTexts, text } from './expressions.ts';
import { FileCommands } from './fileCommands.ts';
import { Masks } from './masks.ts';
import { killOrphans } from './orphans.ts';
import { grace, runProcess } from './processes.ts';
import { shellCommand } from './shells.ts';
import { ActionFailure } from './standIns/standIn.ts';
import { StepLog } from './stepLog.ts';
import { WorkflowError } from './written.ts';

import type { GitHub } from '../gitHub.ts';
import type { Conclusion, JobRecord, StepRecord, WorkflowRun } from '../state/actions.ts';
import type { Action, ActionSource } from './actionSource.ts';
import type { Contexts, Json, Status } from './expressions.ts';
import type { Written as StepWritten } from './fileCommands.ts';
import type { Grace } from './processes.ts';
import type { Machine } from './runners.ts';
import type { StandInOutcome } from './standIns/standIn.ts';
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

type Outcome = 'success' | 'failure' | 'cancelled';
type Post = {
  readonly name: string;
  readonly if: string;
  readonly run: (log: StepLog, stop: AbortSignal) => Promise<Outcome>;
};
type Running = {
  readonly step: StepFile;
  readonly record: StepRecord;
  readonly log: StepLog;
  readonly stop: AbortSignal;
};

/** One job on one machine: its steps in order, and then what they want done after them. */
export class JobExecution {
  readonly #request: JobRequest;
  readonly #masks = new Masks();
  readonly #posts: Post[] = [];
  readonly #paths: string[] = [];
  /** What steps put into GITHUB_ENV. */
  readonly #exported = new Map<string, string>();
  readonly #actions = new Map<StepFile, Action>();
  readonly #grace: Grace;
  readonly #trackingId = `github_${randomUUID()}`;
  readonly #workspace: string;
  readonly #eventPath: string;
  #failed = false;

  constructor(request: JobRequest) {
    this.#request = request;
    const { name } = request.run.repository;
    this.#workspace = join(request.machine.work, name, name);
    this.#eventPath = join(request.machine.temp, '_github_workflow', 'event.json');
    this.#grace = {
      interruptMs: grace.interruptMs * request.scale,
      terminateMs: grace.terminateMs * request.scale,
    };
    this.#masks.add(request.token);
    for (const secret of Object.values(request.secrets)) this.#masks.add(secret);
  }

  /** Runs the job; what came of it. All else stands in its record. */
  async run(): Promise<Outcome> {
    const { file, record, run, machine } = this.#request;
    const isSetUp = await this.#say('Set up job', async (log) => {
      await rm(machine.temp, { recursive: true, force: true });
      await mkdir(join(machine.temp, '_github_workflow'), { recursive: true });
      await mkdir(this.#workspace, { recursive: true });
      await writeFile(this.#eventPath, JSON.stringify(run.origin.payload));
      log.say(`Runner name: '${machine.options.name}'`);
      for (const step of file.steps) {
        if (step.kind !== 'uses' || isLocal(step.uses)) continue;
        this.#actions.set(step, await remoteAction(step.uses, this.#request.source));
      }
    });
    if (isSetUp) {
      for (const step of file.steps) await this.#pre(step);
      for (const [at, step] of file.steps.entries()) await this.#step(step, at);
      for (const post of this.#posts.reverse()) await this.#post(post);
      await this.#say('Evaluate job outputs', () => {
        this.#evaluateOutputs();
      });
    }
    await this.#say('Complete job', async (log) => {
      for (const pid of await killOrphans(this.#trackingId)) log.say(`Terminate orphan process: pid (${pid})`);
    });
    // Empty where all went well: GitHub shows no step for it.
    const outputs = record.steps.findIndex(
      (step) => step.name === 'Evaluate job outputs' && step.conclusion === 'success',
    );
    if (outputs >= 0) record.steps.splice(outputs, 1);
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

  /** One of the runner's own steps. Whether it went well. */
  async #say(name: string, work: (log: StepLog) => Promise<void> | void): Promise<boolean> {
    const record = this.#record(name, undefined);
    const log = new StepLog(record, this.#masks);
    try {
      await work(log);
      this.#end(record, 'success', false);
      return true;
    } catch (error) {
      this.#fault(log, error);
      this.#end(record, 'failure', false);
      return false;
    }
  }

  #record(name: string, id: string | undefined): StepRecord {
    const { record, github } = this.#request;
    const step: StepRecord = {
      number: record.steps.length + 1,
      name,
      id,
      status: 'in_progress',
      outcome: undefined,
      conclusion: undefined,
      startedAt: github.time(),
      completedAt: undefined,
      log: [],
      annotations: [],
      summary: '',
      outputs: {},
    };
    record.steps.push(step);
    return step;
  }

  #end(record: StepRecord, outcome: Conclusion, continueOnError: boolean): void {
    record.status = 'completed';
    record.outcome = outcome;
    record.conclusion = outcome === 'failure' && continueOnError ? 'success' : outcome;
    record.completedAt = this.#request.github.time();
    if (record.conclusion === 'failure') this.#failed = true;
  }

  /** What is no failure of the step but of the file, or of the runner: the test is to hear of it. */
  #fault(log: StepLog, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    log.error(message);
    if (error instanceof ActionFailure) return;
    const { run, record } = this.#request;
    run.problems.push(
      `${run.path}: ${record.name}: ${error instanceof WorkflowError ? message : String((error as Error).stack)}`,
    );
  }

  async #pre(step: StepFile): Promise<void> {
    const action = this.#actions.get(step);
    if (step.kind !== 'uses' || action?.kind !== 'node' || action.file.pre === undefined) return;
    const { pre, preIf } = action.file;
    if (!holds(preIf, { values: this.#values(step, {}), status: this.#statusFunctions })) return;
    const record = this.#record(`Pre ${this.#name(step)}`, undefined);
    const running = { step, record, log: new StepLog(record, this.#masks), stop: this.#request.cancelled };
    await this.#guard(running, false, async () => {
      const env = this.#stepEnv(step);
      return this.#node(running, action, pre, await this.#inputs(running, action, step, env), env, new Map());
    });
  }

  async #step(step: StepFile, at: number): Promise<void> {
    const name = this.#name(step);
    const record = this.#record(name, step.id);
    const log = new StepLog(record, this.#masks);
    let wanted: boolean;
    try {
      wanted = this.#wants(step);
    } catch (error) {
      this.#fault(log, error);
      this.#end(record, 'failure', false);
      return;
    }
    if (!wanted) {
      this.#end(record, 'skipped', false);
      return;
    }
    const stop = new AbortController();
    // A cancelled job asks the running step's condition again; only where it holds no longer is the step ended.
    const onCancel = (): void => {
      if (!this.#wants(step)) stop.abort();
    };
    this.#request.cancelled.addEventListener('abort', onCancel);
    try {
      await this.#timed(step, { step, record, log, stop: stop.signal }, stop, at);
    } finally {
      this.#request.cancelled.removeEventListener('abort', onCancel);
    }
  }

  async #timed(step: StepFile, running: Running, stop: AbortController, at: number): Promise<void> {
    const contexts = { values: this.#values(step, this.#stepEnv(step)) };
    let timedOut = false;
    let timer: NodeJS.Timeout | undefined;
    let continueOnError = false;
    await this.#guard(
      running,
      () => continueOnError,
      async () => {
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
      },
    );
    clearTimeout(timer);
  }

  /** Runs a step's work; a failure that it throws is the step's. */
  async #guard(
    running: Running,
    continueOnError: boolean | (() => boolean),
    work: () => Promise<Outcome>,
  ): Promise<void> {
    let outcome: Outcome;
    try {
      outcome = await work();
    } catch (error) {
      if (running.stop.aborted) outcome = 'cancelled';
      else {
        this.#fault(running.log, error);
        outcome = 'failure';
      }
    }
    for (const command of running.log.unknown) {
      this.#request.run.problems.push(`${this.#request.run.path}: ::${command}:: is not known to the runner`);
    }
    this.#end(running.record, outcome, typeof continueOnError === 'boolean' ? continueOnError : continueOnError());
  }

  #wants(step: StepFile): boolean {
    return holds(step.if, { values: this.#values(step, {}), status: this.#statusFunctions });
  }

  async #post(post: Post): Promise<void> {
    if (!holds(post.if, { values: this.#values(undefined, {}), status: this.#statusFunctions })) return;
    const record = this.#record(post.name, undefined);
    const running = { log: new StepLog(record, this.#masks), record, stop: new AbortController().signal };
    await this.#guard({ ...running, step: undefined as never }, false, () => post.run(running.log, running.stop));
  }

  async #script(step: RunStep, running: Running): Promise<Outcome> {
    const { workflow, file, machine } = this.#request;
    const env = this.#stepEnv(step);
    const contexts = { values: this.#values(step, env) };
    const script = text(resolve(step.run, contexts), 'run');
    const shell = resolveText(step.shell, contexts, 'shell') ?? file.defaults.shell ?? workflow.defaults.shell;
    const folder =
      resolveText(step.workingDirectory, contexts, 'working-directory') ??
      file.defaults.workingDirectory ??
      workflow.defaults.workingDirectory;
    const path = join(machine.temp, `${randomUUID()}.sh`);
    await writeFile(path, script);
    for (const line of script.trimEnd().split('\n')) running.log.say(line);
    const [command = '', ...args] = shellCommand(shell, path);
    return this.#process(running, command, args, join(this.#workspace, folder ?? ''), env, new Map());
  }

  async #uses(step: UsesStep, running: Running, at: number): Promise<Outcome> {
    const action = this.#actions.get(step) ?? (await localAction(step.uses, this.#workspace));
    const env = this.#stepEnv(step);
    const inputs = await this.#inputs(running, action, step, env);
    if (action.kind === 'stand-in') return this.#standIn(running, action, inputs, env);
    const state = new Map<string, string>();
    const { main, post, postIf } = action.file;
    if (post !== undefined) {
      this.#posts.push({
        name: `Post ${running.record.name}`,
        if: postIf,
        run: (log, stop) =>
          this.#node(
            { ...running, record: this.#request.record.steps.at(-1) ?? running.record, log, stop },
            action,
            post,
            inputs,
            env,
            state,
          ),
      });
    }
    return this.#node(running, action, main, inputs, env, state, step.id ?? `__${at}`);
  }

  async #standIn(
    running: Running,
    action: Extract<Action, { kind: 'stand-in' }>,
    inputs: ReadonlyMap<string, string>,
    env: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    const { standIn } = action;
    for (const name of standIn.unimplemented) {
      const initial = standIn.inputs.get(name)?.default ?? '';
      if ((inputs.get(name) ?? '') !== initial) {
        throw new WorkflowError(`${standIn.repository}: the stand-in does not carry out the input ${name}`);
      }
    }
    const { github, run, machine } = this.#request;
    const outcome: StandInOutcome = await standIn.run({
      inputs,
      github,
      run,
      workspace: this.#workspace,
      temp: machine.temp,
      env: this.#processEnv(env),
      log: running.log,
      cancelled: running.stop,
    });
    running.record.outputs = outcome.outputs;
    const { post } = outcome;
    if (post !== undefined) {
      this.#posts.push({
        name: `Post ${running.record.name}`,
        if: 'always()',
        run: async () => {
          await post();
          return 'success';
        },
      });
    }
    return running.stop.aborted ? 'cancelled' : 'success';
  }

  /** The inputs of an action: what `with` says, else its defaults. */
  async #inputs(
    running: Running,
    action: Action,
    step: UsesStep,
    env: Readonly<Record<string, string>>,
  ): Promise<ReadonlyMap<string, string>> {
    const contexts = { values: this.#values(step, env) };
    const given = new Map(
      Object.entries(resolveTexts(step.with, contexts, 'with')).map(([key, value]) => [key.toLowerCase(), value]),
    );
    const declared = declaredInputs(action);
    const names = new Map([...declared.keys()].map((name) => [name.toLowerCase(), name]));
    const unknown = [...given.keys()].filter((key) => !names.has(key));
    if (unknown.length > 0) {
      const list = (keys: Iterable<string>): string => [...keys].map((key) => `'${key}'`).join(', ');
      running.log.warning(`Unexpected input(s) ${list(unknown)}, valid inputs are [${list(declared.keys())}]`);
    }
    const inputs = new Map<string, string>();
    for (const [name, { required, default: initial }] of declared) {
      const value = given.get(name.toLowerCase());
      if (value === undefined && required && initial === undefined) {
        // GitHub leaves it to the action to miss it; a file that relies on that is wrong all the same.
        throw new WorkflowError(`uses: ${step.uses}: the input ${name} is required`);
      }
      inputs.set(name, value ?? text(resolve(initial ?? null, { values: this.#values(undefined, {}) }), name));
    }
    for (const key of unknown) inputs.set(key, given.get(key) ?? '');
    return Promise.resolve(inputs);
  }

  async #node(
    running: Running,
    action: Extract<Action, { kind: 'node' }>,
    entry: string,
    inputs: ReadonlyMap<string, string>,
    env: Readonly<Record<string, string>>,
    state: Map<string, string>,
    id = '',
  ): Promise<Outcome> {
    const inputEnv = [...inputs].map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]);
    const stateEnv = [...state].map(([name, value]) => [`STATE_${name}`, value]);
    const own = {
      ...Object.fromEntries([...inputEnv, ...stateEnv]),
      GITHUB_ACTION: id,
      GITHUB_ACTION_REPOSITORY: action.repository,
      GITHUB_ACTION_REF: action.ref,
    } as Record<string, string>;
    const program = [join(action.folder, entry)];
    return this.#process(running, process.execPath, program, this.#workspace, { ...env, ...own }, state);
  }

  async #process(
    running: Running,
    command: string,
    args: readonly string[],
    cwd: string,
    env: Readonly<Record<string, string>>,
    state: Map<string, string>,
  ): Promise<Outcome> {
    const files = await FileCommands.create(this.#request.machine.temp, randomUUID());
    const code = await runProcess({
      command,
      args,
      cwd,
      env: { ...this.#processEnv(env), ...files.environment },
      onLine: (line) => {
        running.log.read(line);
      },
      cancelled: running.stop,
      grace: this.#grace,
    });
    const isWell = this.#take(running, await files.read(), state);
    if (running.stop.aborted) {
      running.log.error('The operation was canceled.');
      return 'cancelled';
    }
    if (code !== 0) running.log.error(`Process completed with exit code ${String(code)}.`);
    return code === 0 && isWell ? 'success' : 'failure';
  }

  #take(running: Running, written: StepWritten, state: Map<string, string>): boolean {
    for (const problem of written.problems) running.log.error(problem);
    for (const [key, value] of written.env) this.#exported.set(key, value);
    for (const [key, value] of written.state) state.set(key, value);
    this.#paths.unshift(...[...written.paths].reverse());
    running.record.outputs = { ...running.record.outputs, ...Object.fromEntries(written.outputs) };
    running.record.summary = this.#masks.hide(written.summary);
    return written.problems.length === 0;
  }

  #evaluateOutputs(): void {
    const { file, record } = this.#request;
    const values = this.#values(undefined, {});
    const outputs: Record<string, string> = {};
    for (const [name, value] of file.outputs) {
      const output = text(resolve(value, { values }), `outputs.${name}`);
      if (!this.#masks.reveals(output)) outputs[name] = output;
      else record.steps.at(-1)?.log.push(`##[warning]Skip output '${name}' since it may contain secret.`);
    }
    record.outputs = outputs;
  }

  #name(step: StepFile): string {
    const values = this.#values(undefined, {});
    const given = resolveText(step.name, { values }, 'name');
    if (given !== undefined) return given;
    if (step.kind === 'uses') return `Run ${step.uses}`;
    return `Run ${typeof step.run === 'string' ? (step.run.trim().split('\n')[0] ?? '') : 'script'}`;
  }

  /** Workflow's, job's and exported variables, and then the step's own. */
  #stepEnv(step: StepFile | undefined): Readonly<Record<string, string>> {
    const { workflow, file } = this.#request;
    const env: Record<string, string> = {};
    for (const [level, where] of [
      [workflow.env, 'env'],
      [file.env, `jobs.${file.id}.env`],
    ] as const) {
      Object.assign(env, resolveTexts(level, { values: this.#values(undefined, env) }, where));
    }
    Object.assign(env, Object.fromEntries(this.#exported));
    if (step !== undefined) Object.assign(env, resolveTexts(step.env, { values: this.#values(undefined, env) }, 'env'));
    return env;
  }

  #values(step: StepFile | undefined, env: Readonly<Record<string, string>>): Contexts['values'] {
    const { values, machine, record, secrets, token } = this.#request;
    const isWithoutEnv = Object.keys(env).length === 0 && step !== undefined;
    const steps = record.steps.flatMap(({ id, outcome, conclusion, outputs }) =>
      id === undefined || outcome === undefined
        ? []
        : [[id, { outputs, outcome, conclusion: conclusion ?? null }] as const],
    );
    return {
      ...values,
      github: {
        ...(values['github'] as Record<string, Json>),
        token,
        workspace: this.#workspace,
        event_path: this.#eventPath,
      },
      env: isWithoutEnv ? this.#stepEnv(step) : env,
      job: { status: this.#status },
      steps: Object.fromEntries(steps),
      secrets: { ...secrets, GITHUB_TOKEN: token },
      runner: {
        name: machine.options.name,
        os: 'Linux',
        arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
        temp: machine.temp,
        tool_cache: machine.toolCache,
        environment: machine.options.kind === 'hosted' ? 'github-hosted' : 'self-hosted',
        workspace: join(this.#workspace, '..'),
        debug: '',
      },
    };
  }

  /** All that a process of the job sees; the runner's own variables cannot be overwritten, CI can. */
  #processEnv(env: Readonly<Record<string, string>>): Record<string, string> {
    const { machine, github, run, record, file } = this.#request;
    const values = this.#values(undefined, {});
    const named = values['github'] as Record<string, Json>;
    const path = [
      ...this.#paths,
      ...(machine.options.path ?? []),
      machine.options.env?.['PATH'] ?? process.env['PATH'] ?? '',
    ];
    const given: Record<string, string> = {
      LANG: 'C.UTF-8',
      CI: 'true',
      ...machine.options.env,
      HOME: machine.home,
      ...env,
      PATH: env['PATH'] ?? path.join(delimiter),
      RUNNER_TRACKING_ID: this.#trackingId,
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION: env['GITHUB_ACTION'] ?? '__run',
      GITHUB_JOB: file.id,
      GITHUB_RUN_ID: String(run.id),
      GITHUB_RUN_ATTEMPT: String(record.attempt),
      GITHUB_API_URL: github.apiUrl,
      GITHUB_SERVER_URL: github.url,
      GITHUB_GRAPHQL_URL: github.graphQlUrl,
    };
    for (const [key, value] of Object.entries(named)) {
      // The token is handed to whom the file names, never by the environment.
      if (key === 'token' || key === 'event' || key === 'env' || key === 'job') continue;
      given[`GITHUB_${key.toUpperCase()}`] ??= text(value, key);
    }
    const runner = values['runner'] as Record<string, Json>;
    for (const [key, value] of Object.entries(runner))
      if (value !== '') given[`RUNNER_${key.toUpperCase()}`] = text(value, key);
    return given;
  }
}
