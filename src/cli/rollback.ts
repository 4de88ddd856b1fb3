import { planRollback, rollback as rollBack, type RollbackOutcome, type RollbackPlan } from '../commands/rollback.ts';
import type { Json } from '../identity/digest.ts';
import { parseChampionExpectation } from '../registry/expectation.ts';
import { openRegistry } from '../registry/layout.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import type { Invocation } from './invocation.ts';
import { tellRefusal } from './refusals.ts';
import { occasionOf, openWorkbench, parseArgument, selectEnvironment, selectModel } from '../workbench/workbench.ts';

interface RollbackOptions {
  readonly to?: string;
  readonly expect?: string;
  readonly reason: string;
  readonly cause?: string;
  readonly dryRun?: boolean;
}

/** Makes the previous champion the champion again. */
export async function rollback(
  { process, terminal, options }: Invocation<RollbackOptions>,
  named: string,
): Promise<ExitCode> {
  const expect =
    options.expect === undefined ? undefined : parseArgument('--expect', options.expect, parseChampionExpectation);
  const workbench = await openWorkbench(process, options);
  const { store } = workbench;
  const model = selectModel(workbench.config, named);
  const environment = selectEnvironment(model, options.to);
  await openRegistry(store, 'read');
  const request = {
    model: model.name,
    environment,
    ...(expect && { expect }),
    occasion: occasionOf(process, options),
  };
  const ports = { store, now: process.now };
  const outcome: RollbackPlan | RollbackOutcome =
    options.dryRun === true ? await planRollback(request, ports) : await rollBack(request, ports);
  const document = (kind: string, more: { readonly [key: string]: Json }): Json => ({
    schema: 'touchstone/rollback/v1',
    outcome: kind,
    model: model.name,
    environment,
    ...more,
  });
  switch (outcome.kind) {
    case 'refused':
      return tellRefusal(terminal, outcome, (refusal) => document('refused', refusal));
    case 'already-done':
      terminal.answer('This very request was carried out before.', document('already_done', {}));
      return EXIT.done;
    case 'roll-back':
    case 'rolled-back': {
      const { from, to } = outcome;
      const done = outcome.kind === 'rolled-back';
      terminal.answer(
        `${done ? 'Rolled' : 'Would roll'} ${environment} back from ${model.name}@v${from.version} to ${model.name}@v${to.version}.`,
        document(done ? 'rolled-back' : 'would-roll-back', { from: { ...from }, to: { ...to } }),
      );
      return EXIT.done;
    }
  }
}
