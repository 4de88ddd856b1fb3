import path from 'node:path';
import type { Json } from '../../src/identity/digest.ts';
import { annotateAnomalies } from '../../src/report/annotateRun.ts';
import { anomaliesMarkdown, trainedMarkdown } from '../../src/report/jobSummary.ts';
import { openWorkbench, selectModels } from '../../src/workbench/workbench.ts';
import type { InputsOf, TRAIN } from '../contracts.ts';
import { blackOutLogs, maskHandedOn, prepareMachine } from '../machine.ts';
import type { ActionOutcome } from '../outcome.ts';
import type { Action } from '../runAction.ts';
import { configSource, schemaSource } from '../sources.ts';

/** Trains one model, and leaves its candidate as a folder. Nothing is judged. */
export async function train(action: Action<InputsOf<typeof TRAIN.inputs>>): Promise<ActionOutcome<'candidate'>> {
  const { inputs, process, terminal, log } = action;
  const workbench = await openWorkbench(process, inputs.config === undefined ? {} : { config: inputs.config });
  const { config } = workbench;
  const [model] = selectModels(config, inputs.model);
  if (model === undefined) throw new TypeError('A model that was selected by name is there.');
  maskHandedOn([model], action);
  const machine = await prepareMachine(action);
  await action.loadNativeParts();
  const { ModelBench } = await import('../../src/workbench/modelBench.ts');
  const checkpoints = machine.checkpoints(model);
  const bench = await log.group(`Data of ${model.name}`, () =>
    ModelBench.open(workbench, model, process, terminal, { checkpoints }),
  );
  const { report } = bench.validation;
  const annotations = annotateAnomalies(
    model,
    report.anomalies,
    await configSource(config, process.cwd),
    await schemaSource(model, config, process.cwd),
  );
  if (report.blocks) {
    return {
      blocks: true,
      reasonCode: 'data-anomalies',
      result: { schema: 'touchstone/training/v1', models: [] },
      outputs: { candidate: '' },
      summary: [anomaliesMarkdown(report)],
      annotations,
      fails: true,
    };
  }
  const trained = await log
    .group(`Training of ${model.name}`, async () => {
      const outcome = await bench.train(await bench.planTraining());
      // A file that nobody can load is told now, not when it is to be judged.
      await bench.identify(outcome);
      return outcome;
    })
    .finally(() => blackOutLogs(config.root, model, log));
  const { candidate, folder } = trained;
  const document = { ...candidate, stages: [bench.dataStage, trained.stage] };
  return {
    blocks: false,
    reasonCode: 'trained',
    report: path.join(folder, 'train.log'),
    result: { schema: 'touchstone/training/v1', models: [JSON.parse(JSON.stringify(document)) as Json] },
    outputs: { candidate: folder },
    summary: [trainedMarkdown(candidate), ...(report.anomalies.length > 0 ? [anomaliesMarkdown(report)] : [])],
    annotations,
    fails: false,
  };
}
