import { VALIDATE } from '../contracts.ts';
import { runAction } from '../runAction.ts';

await runAction(VALIDATE, import.meta.url, async (action) => (await import('./validate.ts')).validate(action));
