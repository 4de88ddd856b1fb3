import { applyRegistration, planRegistration, type RegistrationOutcome } from '../commands/register.ts';
import { formatManifestVersion } from '../identity/names.ts';
import { openRegistry } from '../registry/layout.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import { ModelBench } from '../workbench/modelBench.ts';
import { watched } from '../workbench/watchedSources.ts';
import type { Invocation } from './invocation.ts';
import { tellValidations } from './validate.ts';
import { occasionOf, openWorkbench, productionOf, selectModel } from '../workbench/workbench.ts';

interface RegisterOptions {
  readonly reason?: string;
  readonly cause?: string;
  readonly dryRun?: boolean;
}

/** Makes the last trained candidate a model version, whatever its verdict: that gates promotion. */
export async function register(
  { process, terminal, options }: Invocation<RegisterOptions>,
  name?: string,
): Promise<ExitCode> {
  const workbench = await openWorkbench(process, options);
  const { store } = workbench;
  const bench = await ModelBench.open(workbench, selectModel(workbench.config, name), process, terminal);
  const { model, validation } = bench;
  // A verdict on broken data is none.
  if (validation.report.blocks) return tellValidations([validation.report], terminal);
  const identified = await bench.lastCandidate();
  const { candidate, signature, contender } = identified;
  await openRegistry(store, options.dryRun === true ? 'read' : 'write');
  const request = {
    candidate,
    signature,
    sources: await bench.sourcesOf(identified),
    environment: productionOf(model),
    occasion: occasionOf(process, options),
  };
  const verdictAgainst = bench.verdictAgainst(() => Promise.resolve(contender));
  const ports = { store, now: process.now, verdictAgainst };
  const plan = await planRegistration(request, ports);
  const short = formatManifestVersion(model.name, contender.identity);

  if (plan.kind === 'register' && options.dryRun === true) {
    const { verdict } = plan.judged.judgement;
    terminal.answer(`Would register ${short}; its verdict is ${verdict.kind} (${verdict.assurance}).`, {
      schema: 'touchstone/registration/v1',
      outcome: 'would-register',
      model: model.name,
      manifest: plan.digest,
      verdict: { ...verdict },
    });
    return EXIT.done;
  }
  const outcome: RegistrationOutcome =
    plan.kind === 'register'
      ? await watched(terminal, `Registering ${model.name}`, plan.blobs, (blobs) =>
          applyRegistration(request, { ...plan, blobs }, ports),
        )
      : plan;
  const { version } = outcome;
  const verdict = outcome.kind === 'registered' ? outcome.judged.judgement.verdict : undefined;
  const numbered = `${model.name}@v${version.number}`;
  const text =
    verdict === undefined
      ? `${numbered} (${short}) is registered already.`
      : `Registered ${numbered} (${short}); its verdict is ${verdict.kind} (${verdict.assurance}).`;
  terminal.answer(text, {
    schema: 'touchstone/registration/v1',
    outcome: outcome.kind,
    model: model.name,
    version: version.number,
    manifest: version.manifest,
    ...(verdict && { verdict: { ...verdict } }),
  });
  return EXIT.done;
}
