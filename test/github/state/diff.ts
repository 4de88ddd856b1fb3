import type { Json } from '../route.ts';
import type { StandInRepository } from './repository.ts';

const STATUS: Readonly<Record<string, string>> = {
  A: 'added',
  M: 'modified',
  T: 'changed',
  D: 'removed',
  R: 'renamed',
  C: 'copied',
};

/** What a patch may be long; GitHub leaves longer ones out. */
const LONGEST_PATCH = 20_000;

/** What differs between two trees: `diff-entry` in GitHub's description. Renames are those that git finds. */
export async function readDiff(repository: StandInRepository, from: string, to: string): Promise<Json[]> {
  const [raw, numbers, text] = await Promise.all([
    repository.runOnce(['diff', '--raw', '-z', '-M', '--no-abbrev', from, to, '--']),
    repository.runOnce(['diff', '--numstat', '-z', '-M', from, to, '--']),
    repository.runOnce(['diff', '-M', '--no-color', from, to, '--']),
  ]);
  const counts = numstat(numbers);
  const patches = text.split(/^(?=diff --git )/m);
  return rawEntries(raw).map((entry): Json => {
    const { added, removed } = counts.get(entry.path) ?? { added: 0, removed: 0 };
    // A file that becomes a link, or the other way round, is written as one that goes and one that comes.
    const [text] = patches.splice(0, entry.status === 'T' ? 2 : 1);
    const patch = text?.replace(/^[^]*?^(?=@@ )/m, '');
    const path = entry.path.split('/').map(encodeURIComponent).join('/');
    return {
      sha: /^0+$/.test(entry.sha) ? entry.before : entry.sha,
      filename: entry.path,
      status: STATUS[entry.status] ?? 'changed',
      additions: added,
      deletions: removed,
      changes: added + removed,
      blob_url: `${repository.htmlUrl}/blob/${to}/${path}`,
      raw_url: `${repository.htmlUrl}/raw/${to}/${path}`,
      contents_url: `${repository.url}/contents/${path}?ref=${to}`,
      ...(patch?.startsWith('@@ ') === true && patch.length <= LONGEST_PATCH && { patch: patch.replace(/\n$/, '') }),
      ...(entry.from !== undefined && { previous_filename: entry.from }),
    };
  });
}

interface RawEntry {
  readonly status: string;
  readonly before: string;
  readonly sha: string;
  readonly path: string;
  readonly from?: string;
}

function rawEntries(raw: string): RawEntry[] {
  const fields = raw.split('\0');
  const entries: RawEntry[] = [];
  for (let at = 0; at + 1 < fields.length;) {
    const [, , before = '', sha = '', code = ''] = (fields[at] ?? '').split(' ');
    const status = code.slice(0, 1);
    const first = fields[at + 1] ?? '';
    if (status === 'R' || status === 'C') {
      entries.push({ status, before, sha, path: fields[at + 2] ?? '', from: first });
      at += 3;
    } else {
      entries.push({ status, before, sha, path: first });
      at += 2;
    }
  }
  return entries;
}

/** Lines added and removed by path; a binary file counts none. */
function numstat(text: string): Map<string, { readonly added: number; readonly removed: number }> {
  const counts = new Map<string, { added: number; removed: number }>();
  const fields = text.split('\0');
  for (let at = 0; at + 1 < fields.length;) {
    const [added = '', removed = '', path = ''] = (fields[at] ?? '').split('\t');
    const count = { added: Number.parseInt(added) || 0, removed: Number.parseInt(removed) || 0 };
    // A rename has its two paths in fields of their own.
    counts.set(path === '' ? (fields[at + 2] ?? '') : path, count);
    at += path === '' ? 3 : 1;
  }
  return counts;
}
