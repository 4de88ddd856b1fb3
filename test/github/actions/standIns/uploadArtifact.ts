import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';

import { addArtifact, longestRetentionDays, zipOf } from '../artifacts.ts';
import { ActionFailure, flag, input } from './standIn.ts';

import type { ActionInput } from '../actionFile.ts';
import type { StandIn, StandInCall, StandInOutcome } from './standIn.ts';

// action.yml of actions/upload-artifact at v7.0.1.
const inputs: readonly (readonly [string, ActionInput])[] = [
  ['name', { required: false, default: 'artifact' }],
  ['path', { required: true, default: undefined }],
  ['if-no-files-found', { required: false, default: 'warn' }],
  ['retention-days', { required: false, default: undefined }],
  ['compression-level', { required: false, default: '6' }],
  ['overwrite', { required: false, default: 'false' }],
  ['include-hidden-files', { required: false, default: 'false' }],
  ['archive', { required: false, default: 'true' }],
];

/** actions/upload-artifact: a real zip in the state of the stand-in. */
export const uploadArtifact: StandIn = {
  repository: 'actions/upload-artifact',
  versions: [{ tag: 'v7.0.1', sha: '043fb46d1a93c77aae656e7c1c64a875d1fc6a0a' }],
  inputs: new Map(inputs),
  unimplemented: ['archive'],
  run,
};

async function run(call: StandInCall): Promise<StandInOutcome> {
  const name = input(call, 'name');
  const invalid = /["<>|*?\r\n:\\/]/.exec(name);
  if (name === '' || invalid !== null) {
    throw new ActionFailure(
      `The artifact name is not valid: ${name}. Contains the following character: ${invalid?.[0] ?? ''}`,
    );
  }
  const level = Number(input(call, 'compression-level'));
  if (!Number.isInteger(level) || level < 0 || level > 9) throw new ActionFailure('Invalid compression-level');
  const retention = Number(input(call, 'retention-days') || longestRetentionDays) || longestRetentionDays;
  if (retention > longestRetentionDays)
    throw new ActionFailure('Retention days is greater than the maximum value allowed');
  const whenNone = input(call, 'if-no-files-found');
  if (!['warn', 'error', 'ignore'].includes(whenNone)) {
    throw new ActionFailure(`Unrecognized if-no-files-found input. Provided: ${whenNone}`);
  }

  const { files, root } = await search(call);
  if (files.length === 0) {
    const message = `No files were found with the provided path: ${input(call, 'path')}. No artifacts will be uploaded.`;
    if (whenNone === 'error') throw new ActionFailure(message);
    if (whenNone === 'warn') call.log.warning(message);
    else call.log.say(message);
    return { outputs: {} };
  }
  const { actions } = call.run.repository;
  const taken = actions.artifactsOf(call.run).find((artifact) => artifact.name === name);
  if (taken !== undefined) {
    if (!flag(call, 'overwrite')) {
      throw new ActionFailure(
        'Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists on the workflow run',
      );
    }
    actions.remove(taken);
  }
  const named = files.map(async (file) => [relative(root, file).split(sep).join('/'), await readFile(file)] as const);
  const artifact = addArtifact(call.run, name, await zipOf(await Promise.all(named), level), retention);
  call.log.say(
    `Artifact ${name} has been successfully uploaded! Final size is ${artifact.zip.length} bytes. Artifact ID is ${artifact.id}`,
  );
  return {
    outputs: {
      'artifact-id': String(artifact.id),
      'artifact-digest': artifact.digest.replace('sha256:', ''),
      'artifact-url': `${call.github.url}/${call.run.repository.fullName}/actions/runs/${call.run.id}/artifacts/${artifact.id}`,
    },
  };
}

/**
 * The files that `path` names (lines; `!` takes away) and the folder that their names in the zip begin at: that of the only
 * pattern, or what all patterns have in common. Hidden files and folders below where a pattern begins stay out by default.
 */
async function search(call: StandInCall): Promise<{ readonly files: readonly string[]; readonly root: string }> {
  const lines = input(call, 'path')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const excluded = lines.filter((line) => line.startsWith('!')).map((line) => resolve(call.workspace, line.slice(1)));
  const hidden = flag(call, 'include-hidden-files');
  const files = new Set<string>();
  const roots: string[] = [];
  for (const line of lines.filter((each) => !each.startsWith('!'))) {
    const pattern = resolve(call.workspace, line);
    const start = literalStart(pattern);
    const found = await stat(pattern).catch(() => undefined);
    const isFolder = found?.isDirectory() === true;
    roots.push(found?.isFile() === true ? pattern : start);
    if (!hidden && isHidden(basename(start)) && start !== call.workspace) continue;
    const matched = await glob([isFolder ? `${escapeGlob(pattern)}/**` : found ? escapeGlob(pattern) : pattern], {
      cwd: start === pattern && !isFolder ? dirname(start) : start,
      absolute: true,
      dot: true,
      ignore: excluded.flatMap((each) => [each, `${each}/**`]),
      expandDirectories: true,
    });
    for (const file of matched) {
      if (hidden || !relative(start, file).split(sep).some(isHidden)) files.add(file);
    }
  }
  return { files: [...files].sort(), root: commonRoot(roots, [...files]) };
}

function commonRoot(roots: readonly string[], files: readonly string[]): string {
  const [only] = roots;
  if (roots.length === 1 && only !== undefined) return files.length === 1 && files[0] === only ? dirname(only) : only;
  const parts = roots.map((root) => root.split(sep));
  const [first = []] = parts;
  const shared = first.findIndex((part, at) => parts.some((other) => other[at] !== part));
  return (shared < 0 ? first : first.slice(0, shared)).join(sep) || sep;
}

/** The part of a pattern before its first wildcard. */
function literalStart(pattern: string): string {
  const parts = pattern.split(sep);
  const dynamic = parts.findIndex((part) => isDynamicPattern(part));
  return (dynamic < 0 ? parts : parts.slice(0, dynamic)).join(sep) || sep;
}

function isHidden(name: string): boolean {
  return name.startsWith('.') && !isAbsolute(name) && name !== '.' && name !== '..';
}

function escapeGlob(path: string): string {
  return path.replace(/[$()*+?[\\\]^{|}!]/g, '\\$&');
}
