import { JUDGE } from '../contracts.ts';
import { runAction } from '../runAction.ts';

await runAction(JUDGE, import.meta.url, async (action) => (await import('./judge.ts')).judge(action));
