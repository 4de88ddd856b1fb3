import { digestOfJson, type Digest } from '../identity/digest.ts';
import { handedOn } from '../training/commandEnvironment.ts';
import type { KeptCandidates } from '../training/keptCandidates.ts';
import { isPython } from '../training/pythonEnvironment.ts';
import type { TrainingPorts } from '../training/trainingPorts.ts';
import { digestOfInputs, type TrainOutcome, type TrainPlan } from './train.ts';

/**
 * One digest for trainings that come to the same, as far as Touchstone can know: what enters the manifest, the bytes of
 * code and data as they lie on disk (a file that git takes for unchanged may have other line ends, rows of one digest
 * may come in another order), set-up and Python, and the values of the variables that are handed on.
 *
 * @returns `undefined` where the bytes of the data are not known.
 */
export async function keyOfTraining(
  plan: TrainPlan,
  dataFiles: Digest | undefined,
  ports: Pick<TrainingPorts, 'host' | 'python'>,
  kept: Pick<KeptCandidates, 'fingerprint'>,
): Promise<Digest | undefined> {
  if (dataFiles === undefined) return undefined;
  const { train, files, inputs, where } = plan;
  const values = Object.entries(handedOn(ports.host, train.env, where, 'train')).filter(([name]) =>
    train.env.includes(name),
  );
  return digestOfJson({
    schema: 'touchstone/training-key/v1',
    inputs: digestOfInputs(inputs),
    code: files.map(({ path, digest, executable }) => ({ path, digest, executable })),
    data: dataFiles,
    setup: await describeSetup(plan, ports),
    output: train.output,
    files: train.files,
    ...(values.length > 0 && { values: await kept.fingerprint(JSON.stringify(values.toSorted())) }),
  });
}

/** A virtual environment is known by its key; where there is none, whatever is installed for Python may be used. */
async function describeSetup(
  { setup, train, where, request }: TrainPlan,
  { host, python }: Pick<TrainingPorts, 'host' | 'python'>,
): Promise<{ readonly [name: string]: string | readonly string[] | Readonly<Record<string, string>> }> {
  if (setup.kind === 'virtual-environment') return { kind: setup.kind, key: setup.environment.key };
  const program = isPython(train.command[0]) ? train.command[0] : 'python3';
  const environment = handedOn(host, train.env, where, 'train');
  const installed = await python.installed(program, request.config.root, environment);
  return {
    kind: setup.kind,
    ...(setup.kind === 'command' && { command: setup.command }),
    ...(installed && {
      python: installed.version,
      platform: installed.platform,
      prefix: installed.prefix,
      packages: installed.packages,
    }),
  };
}

export type EarlierTraining =
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged'; readonly warning: string }
  | { readonly kind: 'found'; readonly outcome: TrainOutcome; readonly madeAt: string };

/**
 * The candidate of an earlier training with this key, made the last one again. Its history is that of this plan: the
 * same inputs may have been committed meanwhile, or stand in another commit.
 */
export async function reuseTraining(plan: TrainPlan, key: Digest, kept: KeptCandidates): Promise<EarlierTraining> {
  const { model } = plan.request;
  const found = await kept.find(model.name, key);
  if (found.kind === 'none') return found;
  if (found.kind === 'damaged') {
    return { kind: 'damaged', warning: `${model.name} is trained again: ${found.because}.` };
  }
  const { commit, tree, repository, dirty, ...environment } = found.candidate.environment;
  void [commit, tree, repository, dirty];
  const candidate = { ...found.candidate, environment: { ...environment, ...plan.history } };
  const madeAt = new Date(Date.parse(candidate.startedAt) + candidate.seconds * 1000).toISOString();
  const folder = await kept.publish(key, candidate);
  return { kind: 'found', madeAt, outcome: { candidate, folder, warnings: [] } };
}
