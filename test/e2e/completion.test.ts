import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONFIG, bundle, project, touchstone } from './touchstone.ts';

const has = async (shell: string): Promise<boolean> =>
  execa(shell, ['--version']).then(
    () => true,
    () => false,
  );
const [bash, zsh, fish] = await Promise.all(['bash', 'zsh', 'fish'].map(has));

/** A project in which `touchstone` is on PATH. */
async function withCommand(): Promise<{ readonly cwd: string; readonly env: { readonly PATH: string } }> {
  const cwd = await project({
    'touchstone.yml': CONFIG.replace(
      '    promote:',
      '    deploy: { environments: [staging, production] }\n    promote:',
    ),
  });
  const bin = path.join(cwd, 'bin');
  await mkdir(bin);
  await writeFile(path.join(bin, 'touchstone'), `#!/bin/sh\nexec "${process.execPath}" "${bundle}" "$@"\n`);
  await chmod(path.join(bin, 'touchstone'), 0o755);
  return { cwd, env: { PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` } };
}

const LINES: readonly (readonly [typed: string, answers: readonly string[]])[] = [
  ['touchstone prom', ['promote']],
  ['touchstone validate ', ['churn']],
  ['touchstone promote churn@v1 --to st', ['staging']],
  ['touchstone report --format mark', ['markdown']],
  ['touchstone evaluate --candidate dat', ['data.csv']],
  ['touchstone registry ve', ['verify']],
];

// What bash calls when Tab is pressed, with the variables that it sets.
const ASK_BASH = `
eval "$(touchstone completion bash)"
COMP_LINE=$1 COMP_POINT=\${#1}
_touchstone
[[ \${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "\${COMP_LINE##* }"))
printf '%s\\n' "\${COMPREPLY[@]}"
`;

describe.skipIf(!bash)('completion in bash (skipped where it is absent)', () => {
  let place: Awaited<ReturnType<typeof withCommand>>;
  it.each(LINES)('completes %j', async (typed, answers) => {
    place = await withCommand();
    const { stdout } = await execa('bash', ['--norc', '-c', ASK_BASH, 'bash', typed], place);
    expect(stdout.split('\n')).toEqual(answers);
  });

  it('takes what stands before "@" and "=" off the answers, where bash breaks words', async () => {
    place = await withCommand();
    const { stdout } = await execa(
      'bash',
      ['--norc', '-c', ASK_BASH, 'bash', 'touchstone promote churn@v1 --to=prod'],
      place,
    );
    expect(stdout).toBe('production');
  });
});

describe.skipIf(!fish)('completion in fish (skipped where it is absent)', () => {
  it.each(LINES)('completes %j', async (typed, answers) => {
    const place = await withCommand();
    const ask = 'touchstone completion fish | source; complete -C $argv[1]';
    const { stdout } = await execa('fish', ['--no-config', '-c', ask, typed], {
      ...place,
      env: { ...place.env, HOME: place.cwd },
    });
    expect(stdout.split('\n').map((line) => line.split('\t')[0])).toEqual(answers);
  });
});

describe.skipIf(!zsh)('completion in zsh (skipped where it is absent)', () => {
  it('is a script that zsh loads', async () => {
    const place = await withCommand();
    const ask = 'eval "$(touchstone completion zsh)"; print -r -- $_comps[touchstone]';
    const { stdout } = await execa('zsh', ['-f', '-c', ask], { ...place, env: { ...place.env, HOME: place.cwd } });
    expect(stdout).toBe('_touchstone');
  });
});

describe('a shell that asks', () => {
  let broken: string;
  beforeAll(() => {
    broken = CONFIG.replace('models:', 'modles:');
  });

  it('hears nothing of a configuration with mistakes, or of none', async () => {
    for (const cwd of [await project({ 'touchstone.yml': broken }), '/']) {
      expect(await touchstone(cwd, 'complete', '--', 'run', '')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    }
  });

  it('has its answer before somebody who types notices', async () => {
    const cwd = await project();
    await touchstone(cwd, 'complete', '--', 'run', '');
    const times: number[] = [];
    for (let time = 0; time < 5; time += 1) {
      const started = performance.now();
      await touchstone(cwd, 'complete', '--', 'run', '');
      times.push(performance.now() - started);
    }
    // The aim is 200 ms; other tests run at the same time.
    expect(Math.min(...times)).toBeLessThan(1000);
  });
});
