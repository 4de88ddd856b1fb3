import { expect, it } from 'vitest';
import { columns } from '../../src/cli/columns.ts';

it('lines columns up, without anything behind the last', () => {
  expect(
    columns([
      ['v1', 'x', ''],
      ['v12', 'longer', 'y'],
    ]),
  ).toEqual(['v1   x', 'v12  longer  y']);
});

it('shows what a terminal would obey instead of letting it', () => {
  expect(columns([['\u001b[2Jgone\nnext', 'b']])).toEqual(['\\u001b[2Jgone\\nnext  b']);
});
