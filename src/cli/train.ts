import type { TrainPlan } from '../commands/train.ts';
import type { Json } from '../identity/digest.ts';
import { columns } from './columns.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import { ModelBench } from './modelBench.ts';
import type { Invocation } from './invocation.ts';
import { tellValidations } from './validate.ts';
import { openWorkbench, selectModels } from './workbench.ts';

interface TrainOptions {
  readonly dryRun?: boolean;
}

/** Trains each model that is meant, and leaves its candidate. */
export async function train(
  { process, terminal, options }: Invocation<TrainOptions>,
  name?: string,
): Promise<ExitCode> {
  const workbench = await openWorkbench(process, options);
  const texts: string[] = [];
  const trained: Json[] = [];
  for (const model of selectModels(workbench.config, name)) {
    const bench = await ModelBench.open(workbench, model, process, terminal);
    if (bench.validation.report.blocks) return tellValidations([bench.validation.report], terminal);
    const plan = await bench.planTraining();
    if (options.dryRun === true) {
      texts.push(tellPlan(plan));
      trained.push({ model: model.name, inputs: asJson(plan.inputs) });
      continue;
    }
    const outcome = await bench.train(plan);
    // A file that nobody can load is told now, not when it is to be judged.
    await bench.identify(outcome);
    const { candidate, folder } = outcome;
    texts.push(`Trained ${model.name} in ${candidate.seconds.toFixed(1)} s: ${folder}`);
    trained.push(asJson(candidate));
  }
  terminal.answer(texts.join('\n\n'), { schema: 'touchstone/training/v1', models: trained });
  return EXIT.done;
}

function tellPlan({ request, train: config, inputs, files, setup }: TrainPlan): string {
  const rows = [
    ['model', request.model.name],
    ['command', config.command.join(' ')],
    ['inputs', files.map((file) => file.path).join(', ')],
    ...inputs.data.map((data) => [data.role, `${data.rows} rows, ${data.digest.slice(0, 8)}`]),
    ['params', JSON.stringify(inputs.params)],
    ['seed', String(inputs.seed)],
    ['setup', tellSetup(setup)],
  ];
  return columns(rows).join('\n');
}

function tellSetup(setup: TrainPlan['setup']): string {
  switch (setup.kind) {
    case 'none':
      return 'none';
    case 'command':
      return setup.command.join(' ');
    case 'virtual-environment':
      return `${setup.file}, ${setup.environment.existing ? 'made before' : 'to be made'}`;
  }
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
