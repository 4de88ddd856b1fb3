import { createHash } from 'node:crypto';
import { ZipFile } from 'yazl';

import type { Artifact, WorkflowRun } from '../state/actions.ts';

/** GitHub's default, and the longest for a public repository. */
export const longestRetentionDays = 90;

/** Puts a zip into the state as an artifact of a run: what the action does, and what a test does with bytes of its own. */
export function addArtifact(
  run: WorkflowRun,
  name: string,
  zip: Buffer,
  retentionDays = longestRetentionDays,
): Artifact {
  const { github, actions } = run.repository;
  const artifact: Artifact = {
    id: github.nextId('artifact'),
    name,
    run,
    zip,
    digest: `sha256:${createHash('sha256').update(zip).digest('hex')}`,
    createdAt: github.time(),
    expiresAt: new Date(github.now().getTime() + retentionDays * 86_400_000).toISOString(),
  };
  actions.artifacts.push(artifact);
  return artifact;
}

/** A zip of files by their names. */
export async function zipOf(
  files: readonly (readonly [string, Uint8Array])[],
  compressionLevel: number,
): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of files) zip.addBuffer(Buffer.from(content), name, { compressionLevel });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
