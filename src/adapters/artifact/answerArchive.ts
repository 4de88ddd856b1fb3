import { ANSWER_BYTES, ANSWER_FILE } from '../../pullRequest/answerDocument.ts';
import { asRefusal, openArchive, readEntry } from './archiveBytes.ts';
import { archiveEntries, refusedArchive, type ArchiveLimits } from './archiveEntries.ts';

/** One file, and the folder that it may lie in. JSON of many models and gates is packed to a twentieth, seldom less. */
const ANSWER_LIMITS: ArchiveLimits = {
  entries: 2,
  bytes: ANSWER_BYTES,
  expansion: 100,
  freeBytes: 4 * 1024 ** 2,
};

/**
 * The bytes of `answer.json` out of an archive that nobody vouches for; nothing else of it is expanded.
 *
 * @param where how messages name the archive.
 * @throws UserMistake with what is wrong with it.
 */
export async function takeAnswer(file: string, where: string): Promise<Uint8Array> {
  const archive = await openArchive(file, where);
  try {
    const answer = (await archiveEntries(archive, where, ANSWER_LIMITS)).get(ANSWER_FILE);
    if (answer !== undefined) return await readEntry(archive, answer);
    throw refusedArchive({ where, found: `it holds no ${ANSWER_FILE}`, expected: 'what the job "publish" left' });
  } catch (error) {
    throw asRefusal(error, where);
  } finally {
    archive.close();
  }
}
