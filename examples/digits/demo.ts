// The story of a model, told by the real commands on real data: a first version, a better one, a worse one, the same
// one again, and one that lies. Run by `npm run demo`; everything happens in the folder demo/, made anew each time.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { styleText } from 'node:util';
import { pythonWith } from './pythonWith.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const touchstone = path.join(repository, 'dist', 'touchstone.js');
const demo = path.join(repository, 'demo');
const startedAt = Date.now();

heading('A repository with the handwritten digits, and a model to train on them');
rmSync(demo, { recursive: true, force: true });
mkdirSync(demo);
for (const file of ['touchstone.yml', 'train.py', 'make_data.py', 'requirements.txt']) {
  cpSync(path.join(import.meta.dirname, file), path.join(demo, file));
}
writeFileSync(path.join(demo, '.gitignore'), '.touchstone/\nregistry/\n');
say('Making the Python environment of requirements.txt, unless there is one (20 s or so)');
const python = await pythonWith(demo, 'requirements.txt');
say(execFileSync(python, ['make_data.py'], { cwd: demo, encoding: 'utf8' }).trim());
git('init', '--quiet', '--initial-branch=main');
commit('Train a first model on the digits');

heading('A first model: nothing serves yet, so only its bounds can be held against it');
run('run');
run('register', '--reason', 'the first model');
run('promote', 'digits@v1', '--reason', 'nothing served before');

heading('A better candidate: a small neural network');
setParams('{ model: network, regularisation: 0.5, binarise: 0 }');
commit('Try a small neural network');
run('run');
run('register', '--reason', 'a network reads the digits better');
run('promote', 'digits@v2');

heading('A worse candidate: pixels cut off at a value that faint strokes do not reach');
setParams('{ model: network, regularisation: 0.5, binarise: 14 }');
commit('Cut pixels off at 14');
run('run', { blocks: true });

heading('The same bytes again: nothing to compare, and no row is looked at twice');
setParams('{ model: network, regularisation: 0.5, binarise: 0 }');
commit('Take the cut back');
run('run');

heading('A candidate that prints metrics of its own: shown as claimed, and no gate moves');
setParams('{ model: network, regularisation: 0.5, binarise: 14 }');
edit('train.py', '{"accuracy": accuracy}', '{"accuracy": 0.999}');
commit('Report an accuracy of 0.999');
run('run', { blocks: true });

heading('What is on record');
run('registry', 'list');
run('registry', 'log');
run('registry', 'verify');

heading(`Done in ${Math.round((Date.now() - startedAt) / 1000)} s`);
say(`The repository is in ${path.relative(process.cwd(), demo)}/, its registry in demo/registry/, the reports of its runs in
demo/.touchstone/runs/ (report.md is what a pull request would show). Go on from here:

  cd demo
  ../dist/touchstone.js registry show digits@v2      what a version is made of, and what was seen of it
  ../dist/touchstone.js rollback digits --reason "trying it out"
  edit params in touchstone.yml, then:  ../dist/touchstone.js run
`);

/** Runs one command as a person would, and stops the story where it does not end as it should. */
function run(...given: readonly (string | { readonly blocks: boolean })[]): void {
  const args = given.filter((one) => typeof one === 'string');
  const expected = given.some((one) => typeof one === 'object' && one.blocks) ? 1 : 0;
  const shown = args.map((arg) => (/[\s]/.test(arg) ? `"${arg}"` : arg)).join(' ');
  process.stdout.write(`\n${style('bold', `$ touchstone ${shown}`)}\n`);
  const { status } = spawnSync(process.execPath, [touchstone, ...args], { cwd: demo, stdio: 'inherit' });
  if (status !== expected) {
    process.stderr.write(`The story ends here: "touchstone ${shown}" ended with ${status}, expected ${expected}.\n`);
    process.exit(1);
  }
}

function setParams(params: string): void {
  edit('touchstone.yml', /params: \{.*\}/, `params: ${params}`);
}

function edit(file: string, from: string | RegExp, to: string): void {
  const text = readFileSync(path.join(demo, file), 'utf8');
  const edited = text.replace(from, to);
  if (edited === text) throw new Error(`${file} holds nothing like ${String(from)}.`);
  writeFileSync(path.join(demo, file), edited);
}

function commit(message: string): void {
  git('add', '.');
  // An identity for these commits alone: the person's own configuration is neither needed nor touched.
  git('-c', 'user.name=Demo', '-c', 'user.email=demo@example.com', 'commit', '--quiet', '--no-gpg-sign', '-m', message);
  say(`git commit: ${message}`);
}

function git(...args: readonly string[]): void {
  execFileSync('git', args, { cwd: demo, stdio: ['ignore', 'ignore', 'inherit'] });
}

function heading(text: string): void {
  process.stdout.write(`\n${style('bold', `── ${text} `.padEnd(100, '─'))}\n`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function style(format: 'bold', text: string): string {
  return process.stdout.isTTY && !process.env['NO_COLOR'] ? styleText(format, text) : text;
}
