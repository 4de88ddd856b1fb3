import { PUBLISH } from '../contracts.ts';
import { runAction } from '../runAction.ts';

await runAction(PUBLISH, import.meta.url, async (action) => (await import('./publish.ts')).publish(action));
