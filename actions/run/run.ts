import path from 'node:path';
import type { RunReport } from '../../src/report/runReport.ts';
import { blocks } from '../../src/report/runReport.ts';
import { annotateAnomalies, annotateGates } from '../../src/report/annotateRun.ts';
import type { Annotation } from '../../src/report/annotation.ts';
import { anomaliesMarkdown, type LookedAt } from '../../src/report/jobSummary.ts';
import { headline } from '../../src/report/headline.ts';
import { renderJson } from '../../src/report/json.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { plainVoice } from '../../src/report/voice.ts';
import { keepReport } from '../../src/workbench/keepReport.ts';
import { openWorkbench, selectModels } from '../../src/workbench/workbench.ts';
import type { InputsOf, RUN } from '../contracts.ts';
import { blackOutLogs, maskHandedOn, prepareMachine } from '../machine.ts';
import type { ActionOutcome } from '../outcome.ts';
import type { Action } from '../runAction.ts';
import { configSource, schemaSource } from '../sources.ts';

/**
 * Validate, train, evaluate, report, each model in turn. Whoever trains here could also edit what judges, so the
 * verdict is advisory, and goes on no record: the token of the job need only read.
 */
export async function run(action: Action<InputsOf<typeof RUN.inputs>>): Promise<ActionOutcome> {
  const { inputs, process, terminal, log } = action;
  const workbench = await openWorkbench(process, inputs.config === undefined ? {} : { config: inputs.config });
  const { config } = workbench;
  const models = selectModels(config, inputs.model);
  maskHandedOn(models, action);
  const machine = await prepareMachine(action);
  await action.loadNativeParts();
  const { runModel } = await import('../../src/workbench/runModel.ts');
  const runs: RunReport[] = [];
  const broken: LookedAt[] = [];
  const annotations: Annotation[] = [];
  const folders: string[] = [];
  const configText = await configSource(config, process.cwd);
  await workbench.workspace.prepare();
  for (const model of models) {
    const checkpoints = machine.checkpoints(model);
    const came = await log
      .group(`Running ${model.name}`, () =>
        runModel(workbench, model, process, terminal, { record: false, checkpoints }),
      )
      .finally(() => blackOutLogs(config.root, model, log));
    const { anomalies } = came.kind === 'judged' ? came.run : came.validation;
    annotations.push(
      ...annotateAnomalies(model, anomalies, configText, await schemaSource(model, config, process.cwd)),
    );
    if (came.kind === 'broken-data') {
      broken.push(came.validation);
      continue;
    }
    annotations.push(...annotateGates(model, came.run, configText));
    runs.push(came.run);
    terminal.progress(headline(came.run, plainVoice));
    folders.push(await keepReport(came.run, workbench, process.now()));
  }
  await workbench.workspace.sweep(process.now());
  const kinds = [...new Set(runs.map(({ judgement }) => judgement.verdict.kind))];
  const [only] = kinds;
  const verdict = kinds.length === 1 && broken.length === 0 ? only : undefined;
  const blocked = broken.length > 0 || runs.some(blocks);
  const [folder] = folders;
  return {
    ...(verdict !== undefined && { verdict }),
    blocks: blocked,
    reasonCode: broken.length > 0 ? 'data-anomalies' : (verdict ?? 'several-verdicts'),
    ...(folder !== undefined && { report: folders.length === 1 ? folder : path.dirname(folder) }),
    result: {
      schema: 'touchstone/runs/v1',
      runs: runs.map(renderJson),
      broken: broken.map(({ model, anomalies }) => ({
        model,
        anomalies: anomalies.map(({ id, code }) => ({ id, code })),
      })),
    },
    outputs: {},
    summary: [...runs.map((each) => renderMarkdown(each)), ...broken.map(anomaliesMarkdown)],
    annotations,
    fails: blocked && inputs['fail-on-block'],
  };
}
