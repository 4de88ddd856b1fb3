import { fileURLToPath } from 'node:url';
import { connectGitHub } from '../src/adapters/github/connectGitHub.ts';
import type { GitHubClient } from '../src/adapters/github/gitHubClient.ts';
import { provideNativeParts } from '../src/adapters/nativeParts/provideNativeParts.ts';
import { nativePartFolder } from '../src/adapters/nativeParts/nativePart.ts';
import { Terminal, type Process } from '../src/workbench/terminal.ts';
import type { ActionContract, InputSchemas, InputsOf } from './contracts.ts';
import { describeFailure } from './failures.ts';
import type { ActionOutcome } from './outcome.ts';
import { readInputs } from './readInputs.ts';
import { RunnerLog } from './runnerLog.ts';
import { tellFailure, tellOutcome } from './tell.ts';
import { readWorkflowRun, type WorkflowRun } from './workflowRun.ts';

/** What the work of an action is handed. */
export interface Action<Inputs> {
  readonly inputs: Inputs;
  readonly run: WorkflowRun;
  /** What the workbench takes; its folder is the workspace of the job. */
  readonly process: Process;
  readonly terminal: Terminal;
  readonly log: RunnerLog;
  /** GitHub's API as the token sees it. */
  readonly gitHub: (token: string) => Promise<GitHubClient>;
  /**
   * Has the native parts of the action at hand, fetched where this machine has none yet. What imports a native part is
   * imported after that.
   * @throws ServiceFailure where one cannot be fetched, or is not what it must be.
   */
  readonly loadNativeParts: () => Promise<void>;
}

/**
 * Runs an action to its end: inputs in, work, and what it came to told to the runner. Never throws.
 *
 * @param bundle `import.meta.url` of the entry: what the bundle needs lies beside it.
 */
export async function runAction<Inputs extends InputSchemas, Own extends string>(
  contract: ActionContract<Inputs, Own>,
  bundle: string,
  work: (action: Action<InputsOf<Inputs>>) => Promise<ActionOutcome<Own>>,
): Promise<void> {
  const { env } = process;
  const log = new RunnerLog((text) => process.stdout.write(text));
  const cancelled = cancellation();
  try {
    const run = await readWorkflowRun(env);
    const inputs = readInputs(contract.inputs, env);
    const { token } = inputs as { readonly token?: string };
    if (token !== undefined) log.mask(token);
    log.stopObeying();
    const beside = (file: string): string => fileURLToPath(new URL(file, bundle));
    const bench: Process = {
      argv: [],
      cwd: process.cwd(),
      // A registry in the repository is read with the token of the job.
      env: token === undefined ? env : { ...env, GITHUB_TOKEN: token },
      // One stream: of two the runner may read the second one first, and obey what it was told not to.
      stdout: process.stdout,
      stderr: process.stdout,
      signal: cancelled,
      now: () => new Date(),
      modelRuntime: {
        node: process.execPath,
        child: beside('./model-child.js'),
        ...(contract.native.includes('onnxruntime') && { nativePart: nativePartFolder('onnxruntime', run.toolCache) }),
      },
      storeTrial: beside('./store-trial.js'),
    };
    const terminal = new Terminal(bench, {});
    const outcome = await work({
      inputs,
      run,
      process: bench,
      terminal,
      log,
      gitHub: (token) =>
        connectGitHub(
          {
            baseUrl: run.apiUrl,
            token,
            signal: cancelled,
            onWait: (seconds, because) => terminal.warn(`GitHub asks to wait ${seconds} s (${because})`),
          },
          env,
        ),
      loadNativeParts: () =>
        provideNativeParts(contract.native, {
          serverUrl: run.serverUrl,
          toolCache: run.toolCache,
          temporary: run.temporary,
          onFetch: (what, from) => terminal.progress(`Fetching ${what} from ${from}`),
        }),
    });
    await tellOutcome(outcome, log, run);
    if (outcome.fails) process.exitCode = 1;
  } catch (error) {
    await tellFailure(describeFailure(error, { contract, cancelled, env }), log);
    process.exitCode = 1;
  }
}

/** Aborted at the first SIGINT or SIGTERM: the runner sends one, the other 7.5 s later, and ends all 2.5 s after that. */
function cancellation(): AbortSignal {
  const cancelled = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => cancelled.abort(new DOMException(`Interrupted by ${signal}.`, 'AbortError')));
  }
  return cancelled.signal;
}
