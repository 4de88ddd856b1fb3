import { RUN } from '../contracts.ts';
import { runAction } from '../runAction.ts';

await runAction(RUN, import.meta.url, async (action) => (await import('./run.ts')).run(action));
