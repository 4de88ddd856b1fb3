// Evaluates once in a process of its own, so that its peak memory is that of one evaluation: node product.ts FOLDER
import { evaluateFolder } from './contest.ts';

console.log(JSON.stringify(await evaluateFolder(process.argv[2] ?? '.')));
