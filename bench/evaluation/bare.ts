// The floor: both models over rows that already lie in memory, nothing else. node bare.ts FOLDER ROWS -> seconds a model
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { BATCH_ROWS, FEATURES } from './contest.ts';

const [folder = '.', rows = '1000000'] = process.argv.slice(2);
const values = Float32Array.from({ length: BATCH_ROWS * FEATURES.length }, (_, i) => Math.sin(i));
const seconds: number[] = [];
for (const file of ['network.onnx', 'linear.onnx']) {
  const session = await InferenceSession.create(path.join(folder, file), { intraOpNumThreads: 1 });
  const feed = { [session.inputNames[0] ?? '']: new Tensor('float32', values, [BATCH_ROWS, FEATURES.length]) };
  await session.run(feed);
  const start = performance.now();
  for (let done = 0; done < Number(rows); done += BATCH_ROWS) await session.run(feed);
  seconds.push((performance.now() - start) / 1000);
}
console.log(JSON.stringify(seconds));
