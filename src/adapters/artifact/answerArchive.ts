import { ANSWER_BYTES } from '../../pullRequest/answerDocument.ts';
import { asRefusal, openArchive, readEntry } from './archiveBytes.ts';
import { archiveEntries, refusedArchive, type ArchiveLimits } from './archiveEntries.ts';

/** One file or two, and the folder that they may lie in. JSON of many models and gates is packed to a twentieth, seldom less. */
const ANSWER_LIMITS: ArchiveLimits = {
  entries: 3,
  bytes: ANSWER_BYTES,
  expansion: 100,
  freeBytes: 4 * 1024 ** 2,
};

/**
 * The bytes of one file out of an archive that nobody vouches for; nothing else of it is expanded.
 *
 * @param name `answer.json`, `override.json`.
 * @param where how messages name the archive.
 * @throws UserMistake with what is wrong with it.
 */
export async function takeAnswer(file: string, name: string, where: string): Promise<Uint8Array> {
  const archive = await openArchive(file, where);
  try {
    const answer = (await archiveEntries(archive, where, ANSWER_LIMITS)).get(name);
    if (answer !== undefined) return await readEntry(archive, answer);
    throw refusedArchive({ where, found: `it holds no ${name}`, expected: 'what the job "publish" left' });
  } catch (error) {
    throw asRefusal(error, where);
  } finally {
    archive.close();
  }
}
