import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';

import { parseActionFile } from './actionFile.ts';
import { checkout } from './standIns/checkout.ts';
import { downloadArtifact } from './standIns/downloadArtifact.ts';
import { uploadArtifact } from './standIns/uploadArtifact.ts';
import { WorkflowError } from './written.ts';

import type { ActionFile, ActionInput } from './actionFile.ts';
import type { StandIn } from './standIns/standIn.ts';

/** An action as a step uses it. */
export type Action =
  | {
      readonly kind: 'node';
      readonly file: ActionFile;
      readonly folder: string;
      /** `owner/repo` and what follows `@`; nothing for one in the checkout. */
      readonly repository: string;
      readonly ref: string;
    }
  | { readonly kind: 'stand-in'; readonly standIn: StandIn; readonly repository: string; readonly ref: string };

/** Where actions come from: Touchstone's own from the working tree, whose release they are. */
export type ActionSource = { readonly root: string; readonly repository: string };

const standIns: readonly StandIn[] = [checkout, uploadArtifact, downloadArtifact];

/**
 * The action that a `uses` names, other than one in the checkout: Touchstone's own, or one of the three that have a
 * stand-in, in a version whose inputs are known.
 */
export async function remoteAction(uses: string, source: ActionSource): Promise<Action> {
  const [, repository = '', path = '', ref = ''] = /^([^/@]+\/[^/@]+)((?:\/[^@]+)?)@(.+)$/.exec(uses) ?? [];
  if (repository.toLowerCase() === source.repository.toLowerCase()) {
    return nodeAction(join(source.root, path), repository, ref);
  }
  const standIn = standIns.find((each) => each.repository === repository && path === '');
  if (standIn === undefined) {
    throw new WorkflowError(
      `uses: ${uses}: the runner has ${source.repository}/... and ${standIns.map((each) => each.repository).join(', ')}`,
    );
  }
  if (!standIn.versions.some((version) => version.sha === ref || version.tag === ref)) {
    const known = standIn.versions.map(({ tag, sha }) => `${sha} (${tag})`).join(', ');
    throw new WorkflowError(`uses: ${uses}: the stand-in has the inputs of ${known}`);
  }
  return { kind: 'stand-in', standIn, repository, ref };
}

/** The action at `./path` of the checkout. */
export async function localAction(uses: string, workspace: string): Promise<Action> {
  const path = normalize(uses);
  if (path.startsWith('..')) throw new WorkflowError(`uses: ${uses}: leaves the repository`);
  return nodeAction(join(workspace, path), '', '');
}

export function isLocal(uses: string): boolean {
  return uses.startsWith('./');
}

/** The inputs that an action declares. */
export function declaredInputs(action: Action): ReadonlyMap<string, ActionInput> {
  return action.kind === 'node' ? action.file.inputs : action.standIn.inputs;
}

async function nodeAction(folder: string, repository: string, ref: string): Promise<Action> {
  for (const name of ['action.yml', 'action.yaml']) {
    const path = join(folder, name);
    const contents = await readFile(path, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (contents !== undefined) return { kind: 'node', file: parseActionFile(contents, path), folder, repository, ref };
  }
  throw new WorkflowError(`Can't find 'action.yml' or 'action.yaml' under '${folder}'`);
}
