import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserMistake } from '../../failure.ts';
import type { Candidate } from '../../training/candidate.ts';
import { parseCandidate } from '../../training/parseCandidate.ts';
import { digestOfFile } from '../inputFiles.ts';

/**
 * A candidate as training left it: narrowed, and every file still the bytes that it names.
 * @param folder absolute path of the folder that holds `candidate.json`.
 * @throws UserMistake where there is none, or it was changed.
 */
export async function readCandidate(folder: string): Promise<Candidate> {
  const file = path.join(folder, 'candidate.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) {
    throw new UserMistake('candidate-missing', {
      where: folder,
      found: 'there is no candidate',
      remedy: 'Train one by "touchstone train"',
    });
  }
  const candidate = parseCandidate(text, file);
  for (const { path: name, digest } of [candidate.output, ...candidate.files]) {
    const actual = await digestOfFile(path.join(folder, name)).catch(() => undefined);
    if (actual === digest) continue;
    throw new UserMistake('candidate-changed', {
      where: path.join(folder, name),
      found: actual === undefined ? 'the file is missing' : `its digest is ${actual}`,
      expected: digest,
      remedy: 'Train again: the file was changed after training',
    });
  }
  return candidate;
}

/**
 * The same of the folder that trainings publish to: where it is read just while another candidate takes its place, in
 * two renames, it is read again.
 */
export async function readPublishedCandidate(folder: string): Promise<Candidate> {
  try {
    return await readCandidate(folder);
  } catch (error) {
    if (!(error instanceof UserMistake)) throw error;
    await sleep(WHILE_REPLACED_MS);
    return readCandidate(folder);
  }
}

const WHILE_REPLACED_MS = 100;
