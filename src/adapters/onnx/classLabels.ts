import type { GraphOutline, NodeOutline } from './modelOutline.ts';
import { attributeLabels, attributeTensor, tensorLabels } from './storedLabels.ts';

/** Attributes in which the classifiers of ai.onnx.ml state their labels, and LabelEncoder what it turns into. */
const STATED_BY: ReadonlyMap<string, readonly string[]> = new Map([
  ['LinearClassifier', ['classlabels_strings', 'classlabels_ints']],
  ['SVMClassifier', ['classlabels_strings', 'classlabels_ints']],
  ['TreeEnsembleClassifier', ['classlabels_strings', 'classlabels_int64s']],
  ['LabelEncoder', ['values_strings', 'values_int64s']],
]);

/**
 * Operators that keep labels, or the order of probability columns, as they are. The search does not go past any other:
 * a stacked model holds further classifiers below, whose labels are not its own.
 */
const KEEPS_CLASSES: ReadonlySet<string> = new Set([
  ...['Cast', 'Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'],
  ...['Normalizer', 'Softmax', 'Sigmoid', 'Clip', 'Div'],
]);

/**
 * The class labels that a graph states for one of its tensors, in the order of the probability columns: those of the
 * classifier that makes it, or of the constant that labels are picked from (`ArrayFeatureExtractor(classes, argmax)`,
 * as skl2onnx writes for most estimators). `undefined` where the graph states none.
 */
export function statedLabels(graph: GraphOutline, tensor: string): readonly string[] | undefined {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  let name: string | undefined = tensor;
  for (let steps = 0; name !== undefined && steps <= graph.nodes.length; steps++) {
    const node = producers.get(name);
    if (node === undefined) return undefined;
    const labels = labelsOfNode(node, graph, producers);
    if (labels !== undefined) return labels;
    name = KEEPS_CLASSES.has(node.op) ? node.inputs[0] : undefined;
  }
  return undefined;
}

function labelsOfNode(
  node: NodeOutline,
  graph: GraphOutline,
  producers: ReadonlyMap<string, NodeOutline>,
): readonly string[] | undefined {
  for (const name of STATED_BY.get(node.op) ?? []) {
    const attribute = node.attributes.get(name);
    const labels = attribute === undefined ? undefined : attributeLabels(attribute);
    if (labels !== undefined) return labels;
  }
  if (node.op !== 'ArrayFeatureExtractor' || node.inputs[0] === undefined) return undefined;
  const constant = constantOf(node.inputs[0], graph, producers);
  return constant === undefined ? undefined : tensorLabels(constant);
}

function constantOf(
  name: string,
  graph: GraphOutline,
  producers: ReadonlyMap<string, NodeOutline>,
): Uint8Array | undefined {
  const initializer = graph.initializers.get(name);
  if (initializer !== undefined) return initializer;
  const node = producers.get(name);
  const value = node?.op === 'Constant' ? node.attributes.get('value') : undefined;
  return value === undefined ? undefined : attributeTensor(value);
}
