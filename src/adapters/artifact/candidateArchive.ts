import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Entry, ZipFile } from 'yauzl';
import type { Candidate, CandidateFile } from '../../training/candidate.ts';
import { boundedClaim } from '../../training/claims.ts';
import { parseCandidate } from '../../training/parseCandidate.ts';
import { readCandidate } from '../training/candidateFiles.ts';
import { archiveEntries, CANDIDATE_LIMITS, refusedArchive, type ArchiveLimits } from './archiveEntries.ts';
import { asRefusal, entryBytes, openArchive, readEntry } from './archiveBytes.ts';

/** Ten thousand inputs and packages stay below it. */
const MOST_CANDIDATE_BYTES = 8 * 1024 ** 2;
const CANDIDATE = 'candidate.json';

/**
 * Takes a candidate out of an archive that nobody vouches for: `candidate.json` and the files that it names, each of just
 * the bytes that it names. Whatever else lies in the archive stays there.
 *
 * @param folder a new folder of its own; nothing is written outside of it.
 * @param where how messages name the archive.
 * @throws UserMistake with what is wrong with it.
 */
export async function takeCandidate(
  file: string,
  folder: string,
  where: string,
  limits: ArchiveLimits = CANDIDATE_LIMITS,
): Promise<Candidate> {
  const archive = await openArchive(file, where);
  try {
    const entries = await archiveEntries(archive, where, limits);
    const manifest = entries.get(CANDIDATE);
    if (manifest === undefined) {
      throw refusedArchive({ where, found: `it holds no ${CANDIDATE}`, expected: 'a candidate that training left' });
    }
    if (manifest.uncompressedSize > MOST_CANDIDATE_BYTES) {
      const found = `its ${CANDIDATE} has ${manifest.uncompressedSize} bytes`;
      throw refusedArchive({ where, found, expected: `at most ${MOST_CANDIDATE_BYTES}` });
    }
    const text = await readText(archive, manifest);
    const { output, files } = bounded(parseCandidate(text, `${where} ${CANDIDATE}`));
    await mkdir(folder, { recursive: true });
    const named = [output, ...files];
    refuseTwice(named, where);
    for (const each of named) await takeFile(archive, entries.get(each.path), each, folder, where);
    await expand(archive, manifest, path.join(folder, CANDIDATE));
    // Once more from the disk, digests and all.
    return bounded(await readCandidate(folder));
  } catch (error) {
    throw asRefusal(error, where);
  } finally {
    archive.close();
  }
}

async function readText(archive: ZipFile, entry: Entry): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true }).decode(await readEntry(archive, entry));
}

async function takeFile(
  archive: ZipFile,
  entry: Entry | undefined,
  { path: name, bytes }: CandidateFile,
  folder: string,
  where: string,
): Promise<void> {
  const problem = { where, expected: `${bytes} bytes, as its ${CANDIDATE} says` };
  if (name === CANDIDATE) throw refusedArchive({ where, found: `${CANDIDATE} names itself as a file` });
  if (entry === undefined) throw refusedArchive({ ...problem, found: `it holds no ${JSON.stringify(name)}` });
  if (entry.uncompressedSize !== bytes) {
    throw refusedArchive({ ...problem, found: `its ${JSON.stringify(name)} is of ${entry.uncompressedSize} bytes` });
  }
  const place = path.join(folder, ...name.split('/'));
  await mkdir(path.dirname(place), { recursive: true });
  await expand(archive, entry, place);
}

async function expand(archive: ZipFile, entry: Entry, place: string): Promise<void> {
  await pipeline(entryBytes(archive, entry), createWriteStream(place, { flags: 'wx', mode: 0o600 }));
}

function refuseTwice(files: readonly CandidateFile[], where: string): void {
  if (new Set(files.map((file) => file.path)).size === files.length) return;
  throw refusedArchive({ where, found: `its ${CANDIDATE} names a file twice`, expected: 'each file once' });
}

/** What training claims is kept where it can be walked and written; it decides nothing. */
function bounded(candidate: Candidate): Candidate {
  const { metrics, params } = candidate.claimed;
  const [read, further] = [metrics, params].map((claim) => (claim === undefined ? undefined : boundedClaim(claim)));
  return {
    ...candidate,
    claimed: {
      ...(read?.kind === 'claimed' && { metrics: read.value }),
      ...(further?.kind === 'claimed' && { params: further.value }),
    },
  };
}
