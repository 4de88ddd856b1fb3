import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { workspaceFacts } from '../../../src/adapters/diagnosis/workspaceFacts.ts';
import { ownName } from '../../../src/adapters/ownedFolders.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

// Beyond any process id that the kernel gives.
const dead = (): string => ownName().replace(/^\d+/, '99999999');

describe('what doctor finds in the folders of Touchstone', () => {
  it('is how much they hold, at any depth', async () => {
    const root = await temporaryFolder({ '.touchstone/a': 'x'.repeat(10), '.touchstone/b/c/d': 'x'.repeat(5) });
    const { workspace, cache } = await workspaceFacts(root, { TOUCHSTONE_CACHE_DIR: path.join(root, 'none') });
    expect(workspace).toEqual({ folder: path.join(root, '.touchstone'), bytes: 15, partial: false });
    expect(cache).toBeUndefined();
  });

  it('is what the dead left, and nothing of the living', async () => {
    const [gone, maker] = [dead(), dead()];
    const root = await temporaryFolder({
      '.touchstone/lock': `${dead()}\n99999999`,
      [`.touchstone/work/${gone}/output/x`]: '',
      [`.touchstone/work/${ownName()}/output/x`]: '',
      [`cache/venvs/key/${maker}/bin/python`]: '',
      'cache/venvs/key/ready': maker,
      'cache/venvs/key/building': ownName(),
    });
    const { leftovers } = await workspaceFacts(root, { TOUCHSTONE_CACHE_DIR: path.join(root, 'cache') });
    const own = path.join(root, '.touchstone');
    expect(leftovers.toSorted()).toEqual([path.join(own, 'lock'), path.join(own, 'work', gone)]);
  });
});
