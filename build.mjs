// Makes dist/. With --check it writes nothing: it holds what is committed to what the sources make.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundle } from './bundle.mjs';

const DIST = path.join(import.meta.dirname, 'dist');
const { files } = await bundle();

if (process.argv.includes('--check')) {
  const made = new Map([...files].map(([name, bytes]) => [`dist/${name}`, gitBlob(bytes)]));
  const committed = committedBlobs();
  const wrong = [
    ...[...made].filter(([name, id]) => committed.get(name) !== id).map(([name]) => name),
    ...[...committed.keys()].filter((name) => !made.has(name)),
  ];
  if (wrong.length > 0) {
    const shown = wrong.slice(0, 8).join('\n  ');
    const more = wrong.length > 8 ? `\n  and ${wrong.length - 8} more` : '';
    process.stderr.write(
      `dist/ is not what the sources make; runners load what is committed. Not the same, missing or left over:\n  ${shown}${more}\n` +
        'Run "npm run build", then "git add -A dist", and commit both together.\n',
    );
    process.exitCode = 1;
  }
} else {
  await rm(DIST, { recursive: true, force: true });
  await mkdir(DIST, { recursive: true });
  for (const [name, bytes] of files) await writeFile(path.join(DIST, name), bytes);
  await chmod(path.join(DIST, 'touchstone.js'), 0o755);
}

/** The files below dist/ that the next commit holds, by path, each with its object id. */
function committedBlobs() {
  const listed = execFileSync('git', ['ls-files', '--stage', '-z', '--', 'dist'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return new Map(
    listed
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => {
        const [, id, , name] = /^\d+ ([0-9a-f]+) (\d)\t(.+)$/s.exec(line) ?? [];
        return [name, id];
      }),
  );
}

function gitBlob(bytes) {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
