import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import { UserMistake } from '../../failure.ts';
import { splitRepositoryName, type RepositoryName } from '../../identity/git.ts';
import type { ArtifactFacts } from '../../pullRequest/candidateArtifact.ts';
import { answerOf } from './answer.ts';
import { boundedChunks } from './boundedChunks.ts';
import type { GitHubClient } from './gitHubClient.ts';

const artifact = v.object({
  id: v.number(),
  name: v.string(),
  size_in_bytes: v.number(),
  expired: v.boolean(),
  digest: v.nullish(v.string()),
  workflow_run: v.nullish(v.object({ id: v.optional(v.number()) })),
});

/** What runs of a repository left behind. */
export interface Artifacts {
  /** Those of all attempts of a run; with a name, those of that name alone. */
  list(run: number, name?: string): Promise<readonly ArtifactFacts[]>;
  /**
   * Writes an artifact's archive into a file that does not exist yet.
   * @throws UserMistake where it is too large, gone, or not what GitHub says it is.
   */
  download(artifact: ArtifactFacts, file: string, mostBytes: number): Promise<void>;
}

export function gitHubArtifacts(client: GitHubClient, repository: RepositoryName): Artifacts {
  const place = splitRepositoryName(repository);
  return {
    async list(run, name) {
      const listed = await client.paginate(client.rest.actions.listWorkflowRunArtifacts, {
        ...place,
        run_id: run,
        ...(name !== undefined && { name }),
        per_page: 100,
      });
      return answerOf(`the artifacts of run ${run}`, v.array(artifact), listed).map((found) => {
        const of = found.workflow_run?.id;
        return {
          id: found.id,
          name: found.name,
          bytes: found.size_in_bytes,
          expired: found.expired,
          ...(typeof found.digest === 'string' && { digest: found.digest }),
          ...(of !== undefined && { run: of }),
        };
      });
    },

    async download({ id, name, bytes, digest, expired }, file, mostBytes) {
      const refuse = (found: string, expected: string, remedy: string): UserMistake =>
        new UserMistake('artifact-refused', { where: `artifact ${name}`, found, expected, remedy });
      if (bytes > mostBytes)
        throw refuse(`it has ${bytes} bytes`, `at most ${mostBytes} bytes`, 'Leave a smaller model');
      const again = 'Run the training again';
      if (expired) throw refuse('GitHub keeps it no longer', 'an artifact that can be read', again);
      const { data } = await client.rest.actions
        .downloadArtifact({
          ...place,
          artifact_id: id,
          archive_format: 'zip',
          request: { parseSuccessResponseBody: false },
        })
        .catch((error: unknown) => {
          if (!(error instanceof Error && 'status' in error && (error.status === 404 || error.status === 410)))
            throw error;
          throw refuse('GitHub keeps it no longer', 'an artifact that can be read', again);
        });
      const hash = createHash('sha256');
      await pipeline(
        boundedChunks(data, mostBytes, `artifact ${name}`),
        async function* (chunks: AsyncIterable<Uint8Array>) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(file, { flags: 'wx', mode: 0o600 }),
      );
      const actual = `sha256:${hash.digest('hex')}`;
      if (digest === undefined || digest === actual) return;
      throw refuse(`its bytes have the digest ${actual}`, digest, again);
    },
  };
}
