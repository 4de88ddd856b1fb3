import { describeStore } from '../../registry/describeStore.ts';
import { storeOnGitHub } from './storeOnGitHub.ts';

describeStore(
  'a repository on GitHub',
  async () => {
    const place = await storeOnGitHub();
    return { store: place.open(), again: place.open(), close: () => place.close() };
  },
  { keepsHints: false },
);
