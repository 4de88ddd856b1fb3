import {
  planPromotion,
  promote as promoteVersion,
  type PromotionOutcome,
  type PromotionPlan,
} from '../commands/promote.ts';
import type { Json } from '../identity/digest.ts';
import { parseModelVersion } from '../identity/names.ts';
import { tellChampion } from '../registry/champions.ts';
import { parseChampionExpectation } from '../registry/expectation.ts';
import { openRegistry } from '../registry/layout.ts';
import { readLog } from '../registry/log.ts';
import { modelLog, versionOfManifest } from '../registry/versions.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import { ModelBench } from '../workbench/modelBench.ts';
import type { Invocation } from './invocation.ts';
import { tellRefusal } from './refusals.ts';
import { occasionOf, openWorkbench, parseArgument, selectEnvironment, selectModel } from '../workbench/workbench.ts';

interface PromoteOptions {
  readonly to?: string;
  readonly expect?: string;
  readonly reason?: string;
  readonly cause?: string;
  readonly dryRun?: boolean;
}

/** Makes a registered version the champion, on the verdict against the champion of this moment. */
export async function promote(
  { process, terminal, options }: Invocation<PromoteOptions>,
  named: string,
): Promise<ExitCode> {
  const reference = parseArgument('VERSION', named, parseModelVersion);
  const expect =
    options.expect === undefined ? undefined : parseArgument('--expect', options.expect, parseChampionExpectation);
  const workbench = await openWorkbench(process, options);
  const { store } = workbench;
  const model = selectModel(workbench.config, reference.model);
  const environment = selectEnvironment(model, options.to);
  await openRegistry(store, 'read');
  let bench: ModelBench | undefined;
  const request = {
    model: model.name,
    version: reference.version,
    environment,
    requires: model.promote.requires,
    ...(expect && { expect }),
    occasion: occasionOf(process, options),
  };
  const ports = {
    store,
    now: process.now,
    // The data are read only where something is to be judged.
    verdictAgainst: async (...asked: Parameters<ReturnType<ModelBench['verdictAgainst']>>) => {
      bench ??= await ModelBench.open(workbench, model, process, terminal);
      const opened = bench;
      opened.assertSoundData();
      return opened.verdictAgainst(async (manifest) => {
        const { state } = await readLog(store, modelLog(model.name));
        const version = versionOfManifest(state, manifest);
        if (version === undefined) throw new TypeError('A version that is promoted is not registered.');
        return opened.version({ version: version.number, manifest });
      })(...asked);
    },
  };
  const outcome: PromotionPlan | PromotionOutcome =
    options.dryRun === true ? await planPromotion(request, ports) : await promoteVersion(request, ports);
  const { version } = outcome;
  const numbered = `${model.name}@v${version.number}`;
  const document = (kind: string, more: { readonly [key: string]: Json }): Json => ({
    schema: 'touchstone/promotion/v1',
    outcome: kind,
    model: model.name,
    version: version.number,
    manifest: version.manifest,
    environment,
    ...more,
  });
  switch (outcome.kind) {
    case 'refused':
      return tellRefusal(terminal, outcome, (refusal) => document('refused', refusal), outcome.judged?.judgement);
    case 'already-done':
      terminal.answer(`${numbered} serves ${environment} already.`, document('already_done', {}));
      return EXIT.done;
    case 'promote': {
      const { verdict } = outcome.judged.judgement;
      terminal.answer(
        `Would promote ${numbered} in ${environment}, in place of ${tellChampion(model.name, outcome.champion)}; the verdict is ${verdict.kind}.`,
        document('would-promote', { verdict: { ...verdict } }),
      );
      return EXIT.done;
    }
    case 'promoted': {
      const { verdict } = outcome.judged.judgement;
      terminal.answer(
        `Promoted ${numbered} in ${environment}, in place of ${tellChampion(model.name, outcome.replaced)}; the verdict is ${verdict.kind}.`,
        document('promoted', { verdict: { ...verdict }, seq: outcome.stored.event.seq }),
      );
      return EXIT.done;
    }
  }
}
