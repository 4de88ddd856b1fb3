import { Argument, Command, CommanderError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { EXIT, type ExitCode } from './exitCode.ts';
import { tellFailure } from './failures.ts';
import type { Invocation } from './invocation.ts';
import { Terminal, type GlobalOptions, type Process } from '../workbench/terminal.ts';

/** Parses argv, runs one command, and tells what went wrong in one voice. */
export async function runCli(process: Process): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const finish = (code: ExitCode): void => {
    exitCode = code;
  };
  const program = buildProgram(process, finish);
  try {
    await program.parseAsync([...process.argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    // Nothing was asked for: help is the answer, not an error.
    if (error instanceof CommanderError && error.code === 'commander.help') {
      return runCli({ ...process, argv: [...process.argv, '--help'] });
    }
    return tellFailure(error, process);
  }
}

type Finish = (code: ExitCode) => void;

const HELP_COLUMNS = 80;

const GROUPS: { readonly [group: string]: readonly string[] } = {
  'To begin': ['init', 'doctor', 'completion'],
  'To judge': ['run', 'validate', 'train', 'evaluate', 'report'],
  'To register and promote': ['register', 'promote', 'rollback', 'registry'],
};

const HOW_TO_COMPLETE = `
To have it in every shell, add the line to its start-up file:
  ~/.bashrc                   eval "$(touchstone completion bash)"
  ~/.zshrc                    eval "$(touchstone completion zsh)"
  ~/.config/fish/config.fish  touchstone completion fish | source`;

const CLOSING = `
Example:
  touchstone init --data customers.csv && touchstone run

"touchstone COMMAND --help" tells its options, and shows it in use.

Exit codes:
  0    done
  1    judged, and it blocks; for doctor: there is a problem
  2    a mistake in what was asked, configured or given as data
  3    a store, a network or a machine failed
  70   a bug in Touchstone
  130  interrupted`;

/** All commands; each loads its code when it is asked for, and hands its exit code to `finish`. */
export function buildProgram(process: Process, finish: Finish): Command {
  const program = new Command('touchstone');
  program
    .description('Models judged against the one that serves, in the repository they live in.')
    .version(packageJson.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError(true)
    .addHelpText('after', CLOSING)
    .configureOutput({
      // Wider lines are not easier to read, and what is piped has no width.
      getOutHelpWidth: () => Math.min(HELP_COLUMNS, process.stdout.columns ?? HELP_COLUMNS),
      writeOut: (text) => process.stdout.write(text),
      // Told once, with the exit code, by tellFailure.
      writeErr: () => undefined,
    });

  const command = (parent: Command, usage: string, description: string, example: string): Command =>
    withGlobalOptions(parent.command(usage)).description(description).addHelpText('after', `\nExample:\n  ${example}`);

  /** Loads a command's code only when it is asked for: starting stays fast. */
  const handle =
    <Arguments extends readonly unknown[], Options>(
      load: () => Promise<(invocation: Invocation<Options>, ...args: Arguments) => Promise<ExitCode>>,
    ) =>
    async (...all: readonly unknown[]): Promise<void> => {
      // Commander hands over the positional arguments, then the options, then the command itself.
      const args = all.slice(0, -2) as unknown as Arguments;
      const options = all.at(-2) as Options & GlobalOptions;
      const run = await load();
      finish(await run({ process, terminal: new Terminal(process, options), options }, ...args));
    };

  command(
    program,
    'init',
    'write what it takes to train and judge a model, out of what a data file looks like',
    'touchstone init --data churn.csv --target churned',
  )
    .option('--yes', 'take all that is proposed, and ask nothing')
    .option('--model <name>', 'what the model is called (default: after the file)')
    .option('--data <file>', 'CSV, Parquet or NDJSON (default: the one in this folder)')
    .option('--target <column>', 'what is to be predicted (default: proposed)')
    .addOption(dryRun('show what would be written'))
    .action(handle(async () => (await import('./init/init.ts')).init));

  command(
    program,
    'run [model]',
    'validate, train, evaluate and report: what the pull request would show (advisory)',
    'touchstone run churn',
  )
    .option('--no-record', 'leave no trace of this look at the holdout in the registry')
    .addOption(force('run each stage, also where its inputs are those of an earlier run'))
    .action(handle(async () => (await import('./run.ts')).run));

  command(program, 'validate [model]', 'anomalies of the configured datasets', 'touchstone validate churn')
    .addOption(force('read the data, also where the files are those of an earlier run'))
    .action(handle(async () => (await import('./validate.ts')).validate));

  command(
    program,
    'train [model]',
    'run the training command in a folder of its declared inputs',
    'touchstone train churn',
  )
    .addOption(dryRun('show what would be run, on what'))
    .addOption(force('train, also where the inputs are those of an earlier training'))
    .action(handle(async () => (await import('./train.ts')).train));

  command(
    program,
    'evaluate [model]',
    'candidate and baseline side by side, and the verdict',
    'touchstone evaluate churn --candidate model.onnx --baseline churn@v3',
  )
    .option('--candidate <path>', 'an ONNX model or a predictions file (default: the last training)')
    .option('--baseline <version or path>', "a registered version or a file (default: production's champion)")
    .option('--no-record', 'leave no trace of this look at the holdout in the registry')
    .addOption(force('judge, also where the verdict is on record'))
    .action(handle(async () => (await import('./evaluate.ts')).evaluate));

  command(
    program,
    'register [model]',
    'make the last trained candidate a model version',
    'touchstone register churn --reason "retrained on May"',
  )
    .option('--reason <text>', 'why, kept in the log')
    .option('--cause <id>', 'a name of this request; repeating a request with it does nothing twice')
    .addOption(dryRun('show what would be registered'))
    .action(handle(async () => (await import('./register.ts')).register));

  command(
    program,
    'promote <version>',
    'make a registered version the champion of an environment',
    'touchstone promote churn@v7 --to production',
  )
    .option('--to <environment>', 'default: the last of deploy.environments')
    .option('--expect <digest>', 'only if this version (manifest digest) is the champion now; "none" for no champion')
    .option('--reason <text>', 'why, kept in the log')
    .option('--cause <id>', 'a name of this request; repeating a request with it does nothing twice')
    .addOption(dryRun('judge, and show what would be done'))
    .action(handle(async () => (await import('./promote.ts')).promote));

  command(
    program,
    'rollback <model>',
    'make the previous champion the champion again; needs no gate',
    'touchstone rollback churn --reason "wrong currency since Monday"',
  )
    .option('--to <environment>', 'default: the last of deploy.environments')
    .requiredOption('--reason <text>', 'why, kept in the log')
    .option('--expect <digest>', 'only if this version (manifest digest) is the champion now')
    .option('--cause <id>', 'a name of this request; repeating a request with it does nothing twice')
    .addOption(dryRun('show what would be done'))
    .action(handle(async () => (await import('./rollback.ts')).rollback));

  const registry = program.command('registry').description('read the registry, and prove it');
  registry
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', '\nExample:\n  touchstone registry list');
  command(registry, 'list [model]', 'models, their versions and who serves where', 'touchstone registry list').action(
    handle(async () => (await import('./registry.ts')).list),
  );
  command(
    registry,
    'show <version>',
    'manifest and evidence of one version',
    'touchstone registry show churn@v7',
  ).action(handle(async () => (await import('./registry.ts')).show));
  command(registry, 'log [model]', 'events, newest first', 'touchstone registry log churn').action(
    handle(async () => (await import('./registry.ts')).log),
  );
  command(
    registry,
    'verify [model]',
    'recompute every digest and chain of the registry',
    'touchstone registry verify',
  ).action(handle(async () => (await import('./registry.ts')).verify));

  command(
    program,
    'doctor',
    'what is missing or unsafe on this machine and in the configuration, and what mends it',
    'touchstone doctor',
  ).action(handle(async () => (await import('./doctor.ts')).doctor));

  command(
    program,
    'report [run]',
    'render the report of a run again (default: the last)',
    'touchstone report --format markdown',
  )
    .addOption(new Option('--format <format>', 'how').choices(['text', 'markdown', 'html', 'json']).default('text'))
    .action(handle(async () => (await import('./report.ts')).report));

  command(
    program,
    'completion',
    'print what your shell evaluates to complete commands, models and versions',
    'touchstone completion bash',
  )
    .addHelpText('after', HOW_TO_COMPLETE)
    .addArgument(new Argument('<shell>', 'which').choices(['bash', 'zsh', 'fish']))
    .action(handle(async () => (await import('./completion/completion.ts')).completion));

  // What these scripts ask.
  program
    .command('complete [words...]', { hidden: true })
    .helpOption(false)
    .allowUnknownOption()
    .action(async (words: readonly string[]) => {
      finish(await (await import('./completion/completion.ts')).complete(program, process, words));
    });

  for (const [group, names] of Object.entries(GROUPS)) {
    for (const each of program.commands) if (names.includes(each.name())) each.helpGroup(`${group}:`);
  }
  for (const each of [program, ...program.commands, ...registry.commands]) each.exitOverride();
  return program;
}

function withGlobalOptions(command: Command): Command {
  return command
    .option('--config <file>', 'the configuration (default: touchstone.yml here or above)')
    .option('--json', 'one JSON document on stdout; progress and logs on stderr')
    .option('--quiet', 'no progress')
    .helpOption('-h, --help', 'print this help');
}

function force(description: string): Option {
  return new Option('--force', description);
}

function dryRun(description: string): Option {
  return new Option('--dry-run', description);
}
