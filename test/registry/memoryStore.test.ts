import { MemoryStore } from '../fakes/memoryStore.ts';
import { describeStore } from './describeStore.ts';

describeStore('the store in memory that other tests use', () => {
  const store = new MemoryStore();
  return Promise.resolve({ store, again: store, close: () => Promise.resolve() });
});
