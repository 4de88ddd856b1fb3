import { TRAIN } from '../contracts.ts';
import { runAction } from '../runAction.ts';

await runAction(TRAIN, import.meta.url, async (action) => (await import('./train.ts')).train(action));
