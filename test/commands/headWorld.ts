import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { openDataEngine } from '../../src/adapters/duckdb/openDataEngine.ts';
import { inputFiles } from '../../src/adapters/inputFiles.ts';
import { readSchemaFile } from '../../src/adapters/schemaFile.ts';
import { Workspace } from '../../src/adapters/workspace.ts';
import { identifyCandidate } from '../../src/commands/contenders.ts';
import { judgeHead, type JudgeHeadRequest } from '../../src/commands/judgeHead.ts';
import type { TakenCandidate } from '../../src/commands/headCandidate.ts';
import { parseConfig } from '../../src/config/parseConfig.ts';
import type { ModelConfig } from '../../src/config/config.ts';
import type { ModelFiles } from '../../src/evaluation/modelFiles.ts';
import type { Predictor } from '../../src/evaluation/predictor.ts';
import { UserMistake } from '../../src/failure.ts';
import { parseSchema, schemaDigest } from '../../src/dataset/schema.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { parseCommitSha, parseRepositoryName, type CommitSha } from '../../src/identity/git.ts';
import { parseModelName } from '../../src/identity/names.ts';
import { candidateArtifactName, type ArtifactFacts } from '../../src/pullRequest/candidateArtifact.ts';
import { treeOf, type GitObjects, type TreeEntry } from '../../src/pullRequest/gitTree.ts';
import type { HeadJudgement, ModelSection } from '../../src/pullRequest/headJudgement.ts';
import { openRegistry } from '../../src/registry/layout.ts';
import type { JobFacts } from '../../src/pullRequest/runJobs.ts';
import type { Candidate } from '../../src/training/candidate.ts';
import { rowsToTrainOn, trainingInputs } from '../../src/training/trainingInputs.ts';
import { temporaryFolder, writeFiles } from '../fakes/temporaryFolder.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { PRODUCTION, RegistryWorld } from '../fakes/registryWorld.ts';

export type Files = Readonly<Record<string, string>>;
/** A link is a text that begins so. */
export const LINK = 'link to ';

const RUN = 77;
const CHURN = parseModelName('churn');

/** Rows 0 to 599: `yes` where x is odd. */
export function csv(rows: readonly number[], columns = 'x,y'): string {
  return `${columns}\n${rows.map((row) => `${row},${row % 2 === 1 ? 'yes' : 'no'}`).join('\n')}\n`;
}

export const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

export const MODEL = {
  task: 'binary',
  target: 'y',
  positive: 'yes',
  data: { train: 'train.csv', holdout: 'holdout.csv', schema: 'schema.yml' },
  train: { command: ['python', 'train.py'], inputs: ['train.py'], output: 'model.onnx' },
  metrics: ['accuracy'],
  gates: [{ metric: 'accuracy', maxRegression: 0.02 }],
};

export const configText = (models: Readonly<Record<string, unknown>>): string => stringify({ version: 1, models });

/** What the default branch holds where a test says nothing else. */
export const MAIN: Files = {
  'touchstone.yml': configText({ churn: MODEL }),
  'schema.yml': stringify({ version: 1, columns: { x: 'integer', y: { type: 'string', maxNullFraction: 0 } } }),
  'train.csv': csv(range(0, 300)),
  'holdout.csv': csv(range(300, 900)),
  'train.py': 'print("v1")\n',
  'README.md': 'Churn\n',
};

/** A model is a text `wrong on every N`: it answers each Nth row of the holdout wrong. */
export const wrongOnEvery = (rows: number): string => `wrong on every ${rows}`;

const SIGNATURE = {
  inputs: [{ kind: 'column', name: 'x', type: 'float32', feature: 'x' }],
  output: { kind: 'classes', classes: ['no', 'yes'], probabilities: true },
} as const;

const modelFiles: ModelFiles = {
  async read({ file }) {
    const text = await readFile(file, 'utf8');
    if (!text.startsWith('wrong on every ')) {
      throw new UserMistake('model-unreadable', { where: path.basename(file), found: 'it is no model' });
    }
    return { signature: SIGNATURE, digest: digestOfBytes(text) };
  },
  async open({ file }): Promise<Predictor> {
    const every = Number((await readFile(file, 'utf8')).slice('wrong on every '.length));
    return {
      signature: SIGNATURE,
      busyMs: 0,
      latencyMs: () => Promise.resolve(1),
      close: () => Promise.resolve(),
      predict: ({ columns }) => {
        const xs = Array.from(columns.get('x')?.values ?? [], Number);
        const yes = xs.map((x) => (x % 2 === 1) !== (x % every === 0));
        return Promise.resolve({
          kind: 'classes',
          predicted: Uint16Array.from(yes, Number),
          probabilities: Float64Array.from(yes.flatMap((is) => (is ? [0.1, 0.9] : [0.9, 0.1]))),
        });
      },
    };
  },
};

function objectId(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** A repository in memory: the default branch, where a head parted from it, and the head. */
class Commits implements GitObjects {
  readonly #commits = new Map<CommitSha, Files>();
  base: CommitSha | undefined;

  add(files: Files): CommitSha {
    const sha = parseCommitSha(
      createHash('sha1')
        .update(JSON.stringify(Object.entries(files)))
        .digest('hex'),
    );
    this.#commits.set(sha, files);
    return sha;
  }

  mergeBase(base: CommitSha): Promise<CommitSha> {
    return Promise.resolve(this.base ?? base);
  }

  tree(commit: CommitSha): ReturnType<GitObjects['tree']> {
    const files = this.#commits.get(commit);
    if (files === undefined) throw new Error(`No commit ${commit}`);
    const entries = Object.entries(files).map(([name, text]): TreeEntry => {
      const isLink = text.startsWith(LINK);
      const content = isLink ? text.slice(LINK.length) : text;
      const mode = isLink ? '120000' : '100644';
      return { kind: isLink ? 'link' : 'file', path: name, mode, object: objectId(content), bytes: content.length };
    });
    return Promise.resolve(treeOf(entries));
  }

  blob(entry: TreeEntry): Promise<Uint8Array> {
    return Promise.resolve(Buffer.from(this.text(entry.object)));
  }

  text(object: string): string {
    for (const files of this.#commits.values()) {
      for (const text of Object.values(files)) {
        const content = text.startsWith(LINK) ? text.slice(LINK.length) : text;
        if (objectId(content) === object) return content;
      }
    }
    throw new Error(`No object ${object}`);
  }
}

export interface HeadChange {
  /** Files that the head changes; `null` takes one away. */
  readonly head: Readonly<Record<string, string | null>>;
  /** The default branch, where it is not {@link MAIN}. */
  readonly main?: Files;
  /** Where the head parted from it, where that is another commit. */
  readonly base?: Files;
  /** What training leaves for each model: {@link wrongOnEvery} 50 unless told; `null` leaves none. */
  readonly models?: Readonly<Record<string, string | null>>;
  /** Changes what candidate.json says after training. */
  readonly forge?: (candidate: Candidate) => Candidate;
  /** Changes what the run left. */
  readonly artifacts?: (artifacts: readonly ArtifactFacts[]) => readonly ArtifactFacts[];
  readonly attempt?: number;
  readonly conclusion?: JudgeHeadRequest['conclusion'];
  readonly jobs?: readonly JobFacts[];
  /** The champion, as a model; none unless told. */
  readonly champion?: string;
  readonly store?: MemoryStore;
}

/** Judges a head, all but GitHub and the models real. */
export async function judge(change: HeadChange): Promise<HeadJudgement & { readonly store: MemoryStore }> {
  const main = change.main ?? MAIN;
  const headFiles = Object.fromEntries(
    Object.entries({ ...(change.base ?? main), ...change.head }).filter(([, text]) => text !== null),
  ) as Files;
  const git = new Commits();
  const policyCommit = git.add(main);
  if (change.base !== undefined) git.base = git.add(change.base);
  const head = git.add(headFiles);
  const checkout = await temporaryFolder(main);
  const store = change.store ?? new MemoryStore();
  const temporary = await temporaryFolder();
  const local = new Workspace(temporary);
  if (change.champion !== undefined) await promote(change.champion, store, local, temporary);
  const candidates = await trainHead(change, headFiles);
  const attempt = change.attempt ?? 1;
  const artifacts = [...candidates.keys()].map((model, index): ArtifactFacts => ({
    id: index + 1,
    name: candidateArtifactName(parseModelName(model), attempt),
    bytes: 1000,
    expired: false,
    run: RUN,
  }));
  const root = path.join(temporary, 'head');
  const config = configIn(main, checkout);
  const judgement = await judgeHead(
    {
      repository: parseRepositoryName('acme/churn'),
      head,
      policyCommit,
      ruling: config === undefined ? { kind: 'none' } : { kind: 'config', config },
      place: { folder: '', name: 'touchstone.yml', root },
      trained: { id: RUN, attempt },
      conclusion: change.conclusion ?? 'succeeded',
      runUrl: 'https://github.com/acme/churn/actions/runs/77',
    },
    {
      git,
      engine: openDataEngine(),
      folder: {
        root,
        put: (files) => writeFiles(root, Object.fromEntries(files.map((file) => [file.path, git.text(file.object)]))),
      },
      rulingRoot: checkout,
      readSchema: readSchemaFile,
      store,
      local,
      modelFiles: () => modelFiles,
      jobs: () => Promise.resolve(change.jobs ?? []),
      artifacts: () => Promise.resolve(change.artifacts?.(artifacts) ?? artifacts),
      takeCandidate: ({ id }) => {
        const taken = [...candidates.values()][id - 1];
        return taken === undefined ? Promise.reject(new Error('no such artifact')) : Promise.resolve(taken);
      },
      notes: [],
    },
  );
  return { ...judgement, store };
}

function configIn(files: Files, root: string): ReturnType<typeof parseConfig>['config'] | undefined {
  const text = files['touchstone.yml'];
  if (text === undefined) return undefined;
  return parseConfig(text, { file: path.join(root, 'touchstone.yml'), root, shown: 'touchstone.yml' }).config;
}

/** What the run of the pull request does: it reads a checkout of the head by the head's own configuration. */
async function trainHead(change: HeadChange, files: Files): Promise<ReadonlyMap<string, TakenCandidate>> {
  const checkout = await temporaryFolder(
    Object.fromEntries(Object.entries(files).filter(([, text]) => !text.startsWith(LINK))),
  );
  const found = new Map<string, TakenCandidate>();
  let models: Iterable<ModelConfig> = [];
  try {
    models = configIn(files, checkout)?.models.values() ?? [];
  } catch (error) {
    if (!(error instanceof UserMistake)) throw error;
  }
  for (const model of models) {
    const left = change.models?.[model.name];
    const { train } = model;
    if (train === undefined || left === null) continue;
    const schema = model.data.schema;
    try {
      const datasets = await openDataEngine().inspect(checkout, model);
      const rows = rowsToTrainOn(
        datasets,
        schema === undefined ? undefined : schemaDigest(parseSchema(files[schema] ?? '', schema)),
      );
      const inputs = await inputFiles.list(checkout, train.inputs);
      const code = inputs.map((file) => ({ path: file.path, object: objectId(files[file.source] ?? '') }));
      if (rows === undefined) continue;
      const candidate = candidateOf(
        model.name,
        trainingInputs(train, rows, code, undefined),
        train.output,
        left ?? wrongOnEvery(50),
      );
      const folder = await temporaryFolder({ [train.output]: left ?? wrongOnEvery(50) });
      found.set(model.name, { candidate: change.forge?.(candidate) ?? candidate, folder });
    } catch (error) {
      if (!(error instanceof UserMistake)) throw error;
    }
  }
  return found;
}

function candidateOf(
  model: ModelConfig['name'],
  inputs: Candidate['inputs'],
  output: string,
  content: string,
): Candidate {
  return {
    schema: 'touchstone/candidate/v1',
    model,
    output: { path: output, digest: digestOfBytes(content), bytes: content.length },
    files: [],
    inputs,
    environment: { dirty: [], packages: {}, platform: 'linux x64', cpus: 2, gpus: [], commit: 'f'.repeat(40) },
    claimed: { metrics: { accuracy: 0.9999 } },
    startedAt: '2026-05-01T08:00:00.000Z',
    seconds: 3,
  };
}

/** Registers a model that has seen no row of the holdout, and promotes it. */
async function promote(content: string, store: MemoryStore, local: Workspace, folder: string): Promise<void> {
  const keys = Buffer.from('touchstone.keys1');
  const inputs = {
    code: [],
    data: [{ role: 'train' as const, digest: digestOfBytes('rows'), rows: 1, rowKeys: await local.keepRowKeys(keys) }],
    command: ['python', 'train.py'],
    params: {},
    seed: 0,
  };
  await writeFiles(folder, { 'champion/model.onnx': content });
  const candidate = candidateOf(CHURN, inputs, 'model.onnx', content);
  const identified = await identifyCandidate(candidate, path.join(folder, 'champion'), modelFiles, local);
  await openRegistry(store, 'write');
  const world = new RegistryWorld(store);
  const source = (
    name: string,
    bytes: Uint8Array,
  ): Parameters<typeof world.registerCandidate>[0]['sources'][number] => ({
    name,
    digest: digestOfBytes(bytes),
    bytes: bytes.length,
    open: async function* () {
      yield await Promise.resolve(bytes);
    },
  });
  await world.registerCandidate({
    candidate,
    signature: identified.signature,
    sources: [source('model.onnx', Buffer.from(content)), source('keys', keys)],
    environment: PRODUCTION,
  });
  await world.promote(1);
}

/** The one section of a judgement. */
export function onlySection({ outcome }: HeadJudgement): ModelSection {
  if (outcome.kind !== 'models' || outcome.sections.length !== 1) throw new Error(JSON.stringify(outcome));
  return outcome.sections[0];
}

/** The one section, judged; fails with what it is otherwise. */
export function judged(judgement: HeadJudgement): Extract<ModelSection, { kind: 'judged' }> {
  const section = onlySection(judgement);
  if (section.kind !== 'judged') throw new Error(JSON.stringify(section, null, 2));
  return section;
}

/** Why the one section is not judged, and what was found. */
export function refused(judgement: HeadJudgement): { readonly because: string; readonly found: readonly string[] } {
  const section = onlySection(judgement);
  if (section.kind !== 'not-judged') throw new Error(JSON.stringify(section, null, 2).slice(0, 3000));
  return { because: section.because, found: section.problems.map(({ found }) => found) };
}
