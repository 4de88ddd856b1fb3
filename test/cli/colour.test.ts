import { describe, expect, it } from 'vitest';
import { Terminal, type Process } from '../../src/workbench/terminal.ts';
import { fakeProcess } from '../fakes/process.ts';

const paints = (env: Process['env'], isTTY: boolean): boolean => {
  const fake = fakeProcess([], { env });
  return new Terminal({ ...fake, stdout: { ...fake.stdout, isTTY } }, {}).colour;
};

// https://no-color.org: present and not empty, whatever its value; FORCE_COLOR as Node's own streams read it.
describe('colour', () => {
  it.each<readonly [Process['env'], boolean, boolean]>([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '0' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, false, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  ])('with %j and a terminal: %j is %j', (env, isTTY, expected) => {
    expect(paints(env, isTTY)).toBe(expected);
  });
});

it('draws no line over another one where the terminal cannot', () => {
  const fake = fakeProcess([], { env: { TERM: 'dumb' } });
  const dumb = new Terminal({ ...fake, stderr: { ...fake.stderr, isTTY: true } }, {});
  expect(dumb.rewritable).toBe(false);
});
