import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { takeCandidate } from '../adapters/artifact/candidateArchive.ts';
import { readConfig } from '../adapters/configFile.ts';
import { openDataEngine } from '../adapters/duckdb/openDataEngine.ts';
import { FolderStore } from '../adapters/folderStore/folderStore.ts';
import { gitRepositories } from '../adapters/gitRepository.ts';
import { gitHubArtifacts } from '../adapters/github/artifacts.ts';
import type { GitHubClient } from '../adapters/github/gitHubClient.ts';
import { gitHubObjects } from '../adapters/github/gitObjects.ts';
import { gitHubRuns } from '../adapters/github/runs.ts';
import { headFolder } from '../adapters/headFolder.ts';
import { pathInside } from '../adapters/pathInside.ts';
import { readSchemaFile } from '../adapters/schemaFile.ts';
import { Workspace } from '../adapters/workspace.ts';
import type { CommittedConfig, ConfigPlace } from '../commands/findChanges.ts';
import { judgeHead } from '../commands/judgeHead.ts';
import type { JudgeModelPorts } from '../commands/judgeHeadModel.ts';
import { UserMistake } from '../failure.ts';
import type { CommitSha } from '../identity/git.ts';
import type { HeadJudgement } from '../pullRequest/headJudgement.ts';
import { formatHeadJudgement } from '../pullRequest/headJudgementDocument.ts';
import { identifyRun, type JudgingRun, type RunIdentity } from '../pullRequest/identifyRun.ts';
import { renderHtml } from '../report/html/html.ts';
import type { RunReport } from '../report/runReport.ts';
import { modelFilesOf } from './modelFilesOf.ts';
import { during } from './progress.ts';
import type { Process, Terminal } from './terminal.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

export interface HeadBenchRequest {
  readonly judging: JudgingRun;
  /** The commit that the judging run is of: the checkout here must be of it. */
  readonly policyCommit: CommitSha;
  /** Number of the run that trained, and its attempt; the last one unless told. */
  readonly run: number;
  readonly attempt?: number;
  /** Path of the configuration, relative to the checkout; `touchstone.yml` unless told. */
  readonly config?: string;
  /** Absolute path of a folder that holds nothing yet of this name, for all that is read and written. */
  readonly temporary: string;
}

export type HeadBenchOutcome =
  | { readonly kind: 'judged'; readonly judgement: HeadJudgement; readonly folder: string }
  /** There is nothing in it to judge: it is answered by the checks of its pull requests. */
  | { readonly kind: 'merge-group' };

/**
 * Judges the head that a run trained, in a checkout of the default branch, and leaves `judgement.json` with a report for
 * each model in a folder. Nothing is written anywhere else.
 *
 * @throws UserMistake where the run is not one to judge, or the checkout is of another commit.
 */
export async function judgeRun(
  request: HeadBenchRequest,
  gitHub: GitHubClient,
  process: Process,
  terminal: Terminal,
): Promise<HeadBenchOutcome> {
  const { judging, policyCommit, temporary } = request;
  const runs = gitHubRuns(gitHub, judging.repository);
  const run = await runs.read(request.run, request.attempt);
  const identity = identifyRun(judging, run);
  if (identity.kind === 'refused') throw new UserMistake('run-refused', identity.problem);
  if (identity.kind === 'merge-group') return { kind: 'merge-group' };
  await assertCheckout(process, policyCommit);

  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  const head = path.join(temporary, 'head');
  const { ruling, place } = await readRuling(process, request.config, head);
  const bench = ruling.kind === 'config' ? await openWorkbench(process, { config: ruling.config.file }) : undefined;
  const ports = await portsOf({ request, identity, bench, place, gitHub, process });
  const judgement = await during(terminal, `Judging ${identity.head.slice(0, 8)}`, () =>
    judgeHead(
      {
        repository: judging.repository,
        head: identity.head,
        policyCommit,
        ruling,
        place,
        trained: identity.run,
        conclusion: identity.conclusion,
        runUrl: run.url,
      },
      ports,
    ),
  );
  const folder = path.join(temporary, 'judgement');
  await writeJudgement(folder, judgement, process.now());
  return { kind: 'judged', judgement, folder };
}

/** The policy is that of the commit that the run is of: whatever else is checked out must not rule. */
async function assertCheckout({ cwd, env }: Process, expected: CommitSha): Promise<void> {
  const { commit } = await gitRepositories(env).open(cwd);
  if (commit === expected) return;
  throw new UserMistake('checkout-other', {
    where: cwd,
    found: commit === undefined ? 'it is no checkout' : `the commit ${commit} is checked out`,
    expected: `${expected}, the commit of the default branch that this run is of`,
    remedy: 'Use actions/checkout without "ref" before this action',
  });
}

async function readRuling(
  { cwd }: Process,
  written: string | undefined,
  head: string,
): Promise<{ readonly ruling: CommittedConfig; readonly place: ConfigPlace }> {
  const file = path.resolve(cwd, written ?? 'touchstone.yml');
  const folder = pathInside(cwd, path.dirname(file));
  if (folder === undefined) {
    throw new UserMistake('input-invalid', {
      where: 'input "config"',
      found: `"${written ?? ''}" leads out of the checkout`,
      expected: 'a path inside of it',
    });
  }
  const place = { folder, name: path.basename(file), root: head };
  try {
    return { ruling: { kind: 'config', config: await readConfig({ cwd, path: file }) }, place };
  } catch (error) {
    if (!(error instanceof UserMistake)) throw error;
    const ruling: CommittedConfig =
      error.code === 'config-missing' ? { kind: 'none' } : { kind: 'invalid', problems: error.problems };
    return { ruling, place };
  }
}

async function portsOf({
  request: { judging, temporary },
  identity,
  bench,
  place,
  gitHub,
  process,
}: {
  readonly request: HeadBenchRequest;
  readonly identity: Extract<RunIdentity, { kind: 'pull-request' }>;
  readonly bench: Workbench | undefined;
  readonly place: ConfigPlace;
  readonly gitHub: GitHubClient;
  readonly process: Process;
}): Promise<JudgeModelPorts> {
  const { repository } = judging;
  const { id, attempt } = identity.run;
  const objects = gitHubObjects(gitHub, repository);
  const artifacts = gitHubArtifacts(gitHub, repository);
  const rulingRoot = path.join(process.cwd, ...place.folder.split('/'));
  const once = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
    let asked: Promise<T> | undefined;
    return () => (asked ??= ask());
  };
  return {
    git: objects,
    engine: openDataEngine({ signal: process.signal }),
    folder: headFolder({ root: place.root, checkout: rulingRoot, objects }),
    rulingRoot,
    readSchema: readSchemaFile,
    // Without a configuration there is no registry either, and nothing is asked of one.
    store: bench?.store ?? new FolderStore(path.join(temporary, 'no-registry'), process.now),
    local: new Workspace(temporary),
    modelFiles: (model, datasets) => modelFilesOf(model, datasets, process),
    jobs: once(() => gitHubRuns(gitHub, repository).jobs(id, attempt)),
    artifacts: once(() => artifacts.list(id)),
    async takeCandidate(artifact) {
      const archive = path.join(temporary, `${artifact.id}.zip`);
      const folder = path.join(temporary, 'candidates', String(artifact.id));
      await artifacts.download(artifact, archive, MOST_ARCHIVE_BYTES);
      const candidate = await takeCandidate(archive, folder, `artifact ${artifact.name}`);
      await rm(archive, { force: true });
      return { candidate, folder };
    },
    notes: await notesOn(bench),
  };
}

const MOST_ARCHIVE_BYTES = 2 * 1024 ** 3;

/** A folder that is not there is an empty registry on a laptop; on a runner that begins clean it is a mistake. */
async function notesOn(bench: Workbench | undefined): Promise<readonly string[]> {
  if (bench?.config.registry.kind !== 'folder') return [];
  const folder = path.resolve(bench.config.root, bench.config.registry.path);
  const exists = await stat(folder).then(
    () => true,
    () => false,
  );
  if (exists) return [];
  return [
    `The registry is the folder "${bench.config.registry.path}", which this runner does not have: whatever serves, nothing was compared with it. Write "registry: github:" in touchstone.yml for one that every runner can read`,
  ];
}

async function writeJudgement(folder: string, judgement: HeadJudgement, now: Date): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'judgement.json'), formatHeadJudgement(judgement));
  for (const run of runsOf(judgement)) await writeFile(path.join(folder, `${run.model}.html`), renderHtml(run, now));
}

/** One for each model that was judged, by whichever policy there is for it. */
export function runsOf({ outcome }: HeadJudgement): readonly RunReport[] {
  if (outcome.kind !== 'models') return [];
  return outcome.sections.flatMap((section) => {
    if (section.kind === 'judged') return [section.run];
    return section.kind === 'new' && section.outlook.kind === 'judged' ? [section.outlook.run] : [];
  });
}
