import type { TrainPlan } from '../commands/train.ts';
import type { Json } from '../identity/digest.ts';
import { formatInstant } from '../report/stages.ts';
import { aloneIn } from '../workbench/aloneIn.ts';
import { columns } from './columns.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import { ModelBench } from '../workbench/modelBench.ts';
import type { Invocation } from './invocation.ts';
import { tellValidations } from './validate.ts';
import type { TrainedModel } from '../workbench/trainModel.ts';
import { openWorkbench, selectModels, type Workbench } from '../workbench/workbench.ts';

interface TrainOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/** Trains each model that is meant, and leaves its candidate. */
export async function train(invocation: Invocation<TrainOptions>, name?: string): Promise<ExitCode> {
  const { process, terminal, options } = invocation;
  const workbench = await openWorkbench(process, options);
  const work = (): Promise<ExitCode> => trainModels(invocation, workbench, name);
  // What only looks need wait for nobody.
  return options.dryRun === true ? work() : aloneIn(workbench, process, terminal, work);
}

async function trainModels(
  { process, terminal, options }: Invocation<TrainOptions>,
  workbench: Workbench,
  name: string | undefined,
): Promise<ExitCode> {
  const texts: string[] = [];
  const trained: Json[] = [];
  for (const model of selectModels(workbench.config, name)) {
    const bench = await ModelBench.open(workbench, model, process, terminal, options);
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
    texts.push(tellOutcome(outcome));
    trained.push(asJson({ ...outcome.candidate, stages: [bench.dataStage, outcome.stage] }));
  }
  terminal.answer(texts.join('\n\n'), { schema: 'touchstone/training/v1', models: trained });
  return EXIT.done;
}

function tellOutcome({ candidate, folder, stage }: TrainedModel): string {
  const { model, seconds } = candidate;
  if (!stage.reused) return `Trained ${model} in ${seconds.toFixed(1)} s: ${folder}`;
  const since = stage.reusedFrom === undefined ? '' : ` ${formatInstant(stage.reusedFrom)}`;
  return `Found ${model} again, trained${since} of the same inputs: ${folder}`;
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
