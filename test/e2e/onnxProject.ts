import { model } from '../adapters/onnxGraph.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

const ROWS = Array.from({ length: 400 }, (_, at) => {
  const x = (at * 37) % 100;
  return `${at + 1},${x},${x + (at % 3) - 1}`;
});

const CONFIG = `version: 1
models:
  churn:
    task: regression
    target: y
    id: id
    data:
      train: data.csv
      split: { by: id, holdout: 50% }
    train:
      command: [python3, train.py]
      inputs: [train.py, answer.b64]
      output: model.onnx
      timeout: 60s
    metrics: [mae]
    gates:
      - { metric: mae, maxRegression: 0.5 }
    promote: { requires: advisory }
`;

/** What it is given is what it answers. */
const ANSWER = model({
  inputs: [{ name: 'x', type: 'float', dims: ['N', 1] }],
  outputs: [{ name: 'y', type: 'float', dims: ['N', 1] }],
  nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
});

/** A project whose training leaves an ONNX model. `before` is Python that runs first. */
export function onnxProject({ before = '' } = {}): Promise<string> {
  return temporaryFolder({
    'touchstone.yml': CONFIG,
    'data.csv': `id,x,y\n${ROWS.join('\n')}\n`,
    'answer.b64': Buffer.from(ANSWER).toString('base64'),
    'train.py': `${before}
import base64, os
with open(os.path.join(os.environ["TOUCHSTONE_OUTPUT_DIR"], "model.onnx"), "wb") as file:
    file.write(base64.b64decode(open("answer.b64").read()))
`,
  });
}
