import { listRegistry } from '../commands/registryList.ts';
import { readHistory } from '../commands/registryLog.ts';
import { showVersion } from '../commands/registryShow.ts';
import { proveRegistry } from '../commands/registryVerify.ts';
import type { Json } from '../identity/digest.ts';
import { parseModelVersion, type ModelName } from '../identity/names.ts';
import { tellHistory, tellModels, tellVerification, tellVersion } from './registryText.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import type { Invocation } from './invocation.ts';
import { openRegistryToRead, parseArgument, parseModelArgument } from '../workbench/workbench.ts';

export async function list({ process, terminal, options }: Invocation, model?: string): Promise<ExitCode> {
  const store = await openRegistryToRead(process, options);
  const models = await listRegistry(store, asModel(model));
  terminal.answer(tellModels(models), { schema: 'touchstone/registry-list/v1', models: asJson(models) });
  return EXIT.done;
}

export async function show({ process, terminal, options }: Invocation, version: string): Promise<ExitCode> {
  const reference = parseArgument('VERSION', version, parseModelVersion);
  const store = await openRegistryToRead(process, options);
  const shown = await showVersion(store, reference);
  terminal.answer(tellVersion(reference.model, shown), {
    schema: 'touchstone/registry-version/v1',
    model: reference.model,
    ...(asJson(shown) as { readonly [key: string]: Json }),
  });
  return EXIT.done;
}

export async function log({ process, terminal, options }: Invocation, model?: string): Promise<ExitCode> {
  const store = await openRegistryToRead(process, options);
  const events = await readHistory(store, asModel(model));
  terminal.answer(tellHistory(events), { schema: 'touchstone/registry-log/v1', events: asJson(events) });
  return EXIT.done;
}

export async function verify({ process, terminal, options }: Invocation, model?: string): Promise<ExitCode> {
  const store = await openRegistryToRead(process, options);
  const verification = await proveRegistry(store, asModel(model));
  terminal.answer(tellVerification(store.location, verification), {
    schema: 'touchstone/registry-verification/v1',
    ...(asJson(verification) as { readonly [key: string]: Json }),
  });
  return verification.problems.length === 0 ? EXIT.done : EXIT.blocked;
}

function asModel(name: string | undefined): ModelName | undefined {
  return name === undefined ? undefined : parseModelArgument(name);
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
