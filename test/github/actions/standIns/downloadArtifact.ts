import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import picomatch from 'picomatch';
import { fromBufferPromise } from 'yauzl';

import { Expression } from '../written.ts';
import { ActionFailure, flag, input } from './standIn.ts';

import type { ActionInput } from '../actionFile.ts';
import type { StandIn, StandInCall, StandInOutcome } from './standIn.ts';

// action.yml of actions/download-artifact at v8.0.1.
const inputs: readonly (readonly [string, ActionInput['default']])[] = [
  ['name', undefined],
  ['artifact-ids', undefined],
  ['path', undefined],
  ['pattern', undefined],
  ['merge-multiple', 'false'],
  ['github-token', undefined],
  ['repository', new Expression('github.repository')],
  ['run-id', new Expression('github.run_id')],
  ['skip-decompress', 'false'],
  ['digest-mismatch', 'error'],
];

/** actions/download-artifact: of its own run from the state, of another by the API with the token that it is given. */
export const downloadArtifact: StandIn = {
  repository: 'actions/download-artifact',
  versions: [{ tag: 'v8.0.1', sha: '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c' }],
  inputs: new Map(inputs.map(([name, value]) => [name, { required: false, default: value }])),
  unimplemented: ['artifact-ids', 'skip-decompress', 'digest-mismatch'],
  run,
};

type Found = { readonly name: string; readonly zip: () => Promise<Buffer> };

async function run(call: StandInCall): Promise<StandInOutcome> {
  const path = resolve(call.workspace, input(call, 'path').replace(/^~(?=\/|$)/, call.env['HOME'] ?? homedir()));
  const name = input(call, 'name');
  const all = input(call, 'github-token') === '' ? ofThisRun(call) : await ofAnotherRun(call);
  if (name !== '') {
    const found = all.find((artifact) => artifact.name === name);
    if (found === undefined)
      throw new ActionFailure(`Unable to download artifact(s): Artifact not found for name: ${name}`);
    await extract(await found.zip(), path);
    call.log.say(`Downloaded ${name} to ${path}`);
    return { outputs: { 'download-path': path } };
  }
  const pattern = input(call, 'pattern');
  const matches = pattern === '' ? (): boolean => true : picomatch(pattern);
  const wanted = all.filter((artifact) => matches(artifact.name));
  const isMerged = flag(call, 'merge-multiple');
  for (const artifact of wanted) await extract(await artifact.zip(), isMerged ? path : join(path, artifact.name));
  call.log.say(`Total of ${wanted.length} artifact(s) downloaded`);
  return { outputs: { 'download-path': path } };
}

function ofThisRun(call: StandInCall): readonly Found[] {
  return call.run.repository.actions
    .artifactsOf(call.run)
    .map((artifact) => ({ name: artifact.name, zip: () => Promise.resolve(artifact.zip) }));
}

async function ofAnotherRun(call: StandInCall): Promise<readonly Found[]> {
  const repository = `${call.github.apiUrl}/repos/${input(call, 'repository')}`;
  const headers = { authorization: `Bearer ${input(call, 'github-token')}`, accept: 'application/vnd.github+json' };
  const ask = async (url: string): Promise<Response> => {
    const answer = await fetch(url, { headers, signal: call.cancelled });
    if (!answer.ok) throw new ActionFailure(`Unable to download artifact(s): ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const listed = (await (
    await ask(`${repository}/actions/runs/${input(call, 'run-id')}/artifacts?per_page=100`)
  ).json()) as { readonly artifacts: readonly { readonly id: number; readonly name: string }[] };
  return listed.artifacts.map(({ id, name }) => ({
    name,
    zip: async () => Buffer.from(await (await ask(`${repository}/actions/artifacts/${id}/zip`)).arrayBuffer()),
  }));
}

/** Unpacks a zip; yauzl refuses names that lead out of the folder. */
async function extract(zip: Buffer, folder: string): Promise<void> {
  const file = await fromBufferPromise(zip, { lazyEntries: true });
  try {
    for await (const entry of file.eachEntry()) {
      const path = join(folder, entry.fileName);
      if (entry.fileName.endsWith('/')) {
        await mkdir(path, { recursive: true });
        continue;
      }
      await mkdir(dirname(path), { recursive: true });
      await pipeline(await file.openReadStreamPromise(entry), createWriteStream(path));
    }
  } catch (error) {
    throw new ActionFailure(
      `Unable to download and extract artifact: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
