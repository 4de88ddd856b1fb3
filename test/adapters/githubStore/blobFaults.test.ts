import { expect, it } from 'vitest';
import { ServiceFailure } from '../../../src/failure.ts';
import { openRegistry } from '../../../src/registry/layout.ts';
import { putBlob, readBlob } from '../../../src/registry/blobs.ts';
import { blobKey } from '../../../src/registry/storeKey.ts';
import { FAULTS } from '../../campaigns/gitHubFaults.ts';
import { sourceOf } from '../../registry/describeStore.ts';
import { storeOnGitHub } from './storeOnGitHub.ts';

it.each(FAULTS)(
  'a large blob is stored once, whichever request meets $name',
  async ({ fault }) => {
    const { github, repository, open, close } = await storeOnGitHub();
    await openRegistry(open(), 'write');
    let request = 0;
    for (let isMet = true; isMet; request += 1) {
      repository.releases.all.length = 0;
      const content = Buffer.alloc(100_000, `of request ${request}`);
      const source = sourceOf(content);
      const key = blobKey(source.digest);
      github.faults.next({ ...fault, skip: request });
      const told: unknown = await open()
        .createFrom(key, source)
        .catch((error: unknown) => error);
      isMet = github.faults.pending < (fault.times ?? 1);
      github.faults.clear();
      if (told instanceof Error) expect(told).toBeInstanceOf(ServiceFailure);
      else expect(told).toBe('created');

      await putBlob(open(), source);
      expect(await readBlob(open(), source.digest)).toEqual(content);
      const assets = repository.releases.all.flatMap((release) => release.assets);
      expect(assets.map(({ name, state }) => [name, state])).toEqual([[source.digest, 'uploaded']]);
    }
    // The branch, the release, its making, its contents, the upload: each has met it.
    expect(request).toBeGreaterThan(4);
    expect(request).toBeLessThan(12);
    await close();
  },
  60_000,
);
