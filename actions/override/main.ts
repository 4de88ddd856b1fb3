import { OVERRIDE } from '../contracts.ts';
import { runAction } from '../runAction.ts';

await runAction(OVERRIDE, import.meta.url, async (action) => (await import('./override.ts')).override(action));
