import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { GitHub } from '../github/gitHub.ts';
import { bundle, DATA } from './touchstone.ts';

const FILES = ['pr', 'judge', 'override'].map((name) => `.github/workflows/touchstone-${name}.yml`);

/** Runs the built command line as a person would who is logged in to GitHub. */
async function run(cwd: string, env: { readonly [name: string]: string }, ...args: readonly string[]) {
  const { exitCode, stdout } = await execa(process.execPath, [bundle, ...args], {
    cwd,
    reject: false,
    env: { NO_COLOR: '1', CI: '', ...env },
  });
  return { exitCode, document: JSON.parse(stdout) as { readonly [name: string]: unknown } };
}

describe('the built command line in a clone', () => {
  it('writes the workflows of its release, and finds them there once they were merged', async () => {
    const github = await GitHub.start();
    try {
      const owner = github.createUser('ada');
      const repository = await github.createRepository('churn', { owner });
      const cwd = await temporaryFolder({ 'churn.csv': DATA });
      await execa('git', ['init', '--quiet'], { cwd });
      await execa('git', ['remote', 'add', 'origin', `${github.url}/ada/churn.git`], { cwd });
      const env = { GITHUB_SERVER_URL: github.url, GITHUB_API_URL: github.apiUrl };
      const { document } = await run(cwd, env, 'init', '--yes', '--dry-run', '--target', 'label', '--json');
      const files = document['files'] as readonly { path: string; change: string; text: string }[];
      const written = files.filter(({ path: file }) => FILES.includes(file));
      expect(written.map(({ path: file }) => file)).toEqual(FILES);
      for (const { path: file, text } of written) {
        expect(text).toBe(await readFile(path.join('workflows-templates', path.basename(file)), 'utf8'));
      }

      await repository.commit('main', Object.fromEntries(written.map(({ path: file, text }) => [file, text])));
      const asked = { ...env, GITHUB_TOKEN: github.token({ user: owner }) };
      const told = await run(cwd, asked, 'doctor', '--json');
      const checks = told.document['checks'] as readonly { id: string; status: string }[];
      const statuses = Object.fromEntries(checks.map(({ id, status }) => [id, status]));
      expect(statuses).toMatchObject({
        'github.workflows.touchstone-pr': 'ok',
        'github.workflows.touchstone-judge': 'ok',
        'github.workflows.touchstone-override': 'ok',
        'github.check': 'problem',
      });
      expect(told.exitCode).toBe(1);
    } finally {
      await github.close();
    }
  });
});
