import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatProblem, UserMistake } from '../../failure.ts';
import type { RepositoryName } from '../../identity/git.ts';
import {
  ANSWER_BYTES,
  ANSWER_FILE,
  answerArtifactName,
  parseRecordedAnswer,
  type RecordedAnswer,
} from '../../pullRequest/answerDocument.ts';
import { latestArtifact, type ArtifactFacts, type FoundArtifact } from '../../pullRequest/candidateArtifact.ts';
import type { RunReference } from '../../pullRequest/headJudgement.ts';
import { OVERRIDE_FILE, parseOverrideResult, type OverrideResult } from '../../pullRequest/overrideOutcome.ts';
import { takeAnswer } from '../artifact/answerArchive.ts';
import { gitHubArtifacts, type Artifacts } from './artifacts.ts';
import type { GitHubClient } from './gitHubClient.ts';

/** What a judging run recorded of a head. */
export interface RecordedAnswers {
  /**
   * Of that attempt, or where only a part of the jobs ran again, of the last one before it. Whoever reads it holds it
   * against the head and the run that it is asked for: the document says both.
   */
  read(judging: RunReference): Promise<FoundAnswer>;
}

export type FoundAnswer =
  | {
      readonly kind: 'read';
      readonly answer: RecordedAnswer;
      /** The one that recorded it. */
      readonly attempt: number;
    }
  /** The run left none, or none yet. */
  | { readonly kind: 'none' }
  /** What it left is gone, or not what the job `publish` leaves. */
  | { readonly kind: 'unreadable'; readonly problems: readonly string[] };

/** An archive of what cannot be packed is longer than that, by little. */
const MOST_ARCHIVE_BYTES = ANSWER_BYTES + 64 * 1024;

export interface RecordedAnswersOptions {
  /** Shared by all that read of one GitHub. */
  readonly kept?: KeptAnswers;
  /** Folder for archives; each is gone once it is read. */
  readonly temporary?: string;
}

export function gitHubRecordedAnswers(
  client: GitHubClient,
  repository: RepositoryName,
  { kept = new KeptAnswers(), temporary = tmpdir() }: RecordedAnswersOptions = {},
): RecordedAnswers {
  const artifacts = gitHubArtifacts(client, repository);
  return {
    async read(judging) {
      // What an attempt has recorded never changes.
      const of = (attempt: number): string => `${repository} ${judging.id}.${attempt}`;
      const known = kept.get(of(judging.attempt));
      if (known !== undefined) return { kind: 'read', answer: known, attempt: judging.attempt };
      const found = await findArtifact(artifacts, judging);
      if (found.kind === 'none') return found;
      const { artifact, attempt } = found;
      const earlier = kept.get(of(attempt));
      if (earlier !== undefined) return { kind: 'read', answer: earlier, attempt };
      const file = await readFileOf(artifacts, artifact, ANSWER_FILE, temporary);
      if (file.kind === 'unreadable') return file;
      const answer = parseRecordedAnswer(file.bytes);
      if (answer.kind === 'invalid') return { kind: 'unreadable', problems: answer.problems };
      kept.put(of(attempt), answer.value, file.bytes.length);
      return { kind: 'read', answer: answer.value, attempt };
    },
  };
}

/** What the runs that were to take an override say of it. */
export interface OverrideResults {
  /** `undefined` where the run left nothing of the kind. */
  read(judging: RunReference): Promise<OverrideResult | undefined>;
}

export function gitHubOverrideResults(
  client: GitHubClient,
  repository: RepositoryName,
  { temporary = tmpdir() }: Pick<RecordedAnswersOptions, 'temporary'> = {},
): OverrideResults {
  const artifacts = gitHubArtifacts(client, repository);
  return {
    async read(judging) {
      const found = await findArtifact(artifacts, judging);
      if (found.kind === 'none') return undefined;
      const file = await readFileOf(artifacts, found.artifact, OVERRIDE_FILE, temporary);
      const parsed = file.kind === 'read' ? parseOverrideResult(file.bytes) : undefined;
      return parsed?.kind === 'parsed' ? parsed.value : undefined;
    },
  };
}

/** One request, unless a run that began again has left nothing yet. */
async function findArtifact(artifacts: Artifacts, judging: RunReference): Promise<FoundArtifact> {
  const { id, attempt } = judging;
  const found = latestArtifact(answerArtifactName, judging, await artifacts.list(id, answerArtifactName(attempt)));
  if (found.kind === 'found' || attempt === 1) return found;
  return latestArtifact(answerArtifactName, judging, await artifacts.list(id));
}

type ReadFile =
  { readonly kind: 'read'; readonly bytes: Uint8Array } | Extract<FoundAnswer, { readonly kind: 'unreadable' }>;

async function readFileOf(
  artifacts: Artifacts,
  artifact: ArtifactFacts,
  name: string,
  temporary: string,
): Promise<ReadFile> {
  const folder = await mkdtemp(path.join(temporary, 'touchstone-answer-'));
  try {
    const file = path.join(folder, 'answer.zip');
    await artifacts.download(artifact, file, MOST_ARCHIVE_BYTES);
    return { kind: 'read', bytes: await takeAnswer(file, name, `artifact ${artifact.name}`) };
  } catch (error) {
    if (!(error instanceof UserMistake)) throw error;
    // Their remedies are for a person who trains.
    const problems = error.problems.map(({ where, found, expected }) =>
      formatProblem({ where, found, ...(expected !== undefined && { expected }) }),
    );
    return { kind: 'unreadable', problems };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As text; parsed it is a few times as much. */
const MOST_KEPT_BYTES = 16 * 1024 ** 2;

/** The answers that were read last, by the attempt at a run that recorded them. */
export class KeptAnswers {
  readonly #most: number;
  readonly #kept = new Map<string, { readonly answer: RecordedAnswer; readonly bytes: number }>();
  #bytes = 0;

  constructor(most = 2000) {
    this.#most = most;
  }

  get(run: string): RecordedAnswer | undefined {
    const found = this.#kept.get(run);
    if (found === undefined) return undefined;
    this.#kept.delete(run);
    this.#kept.set(run, found);
    return found.answer;
  }

  /** @param bytes of the text that it was read from. */
  put(run: string, answer: RecordedAnswer, bytes: number): void {
    if (this.#kept.has(run) || bytes > MOST_KEPT_BYTES) return;
    this.#kept.set(run, { answer, bytes });
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.#kept) {
      if (this.#kept.size <= this.#most && this.#bytes <= MOST_KEPT_BYTES) return;
      this.#kept.delete(oldest);
      this.#bytes -= freed;
    }
  }
}
