import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { GraphOutline, NodeOutline, ValueOutline } from './modelOutline.ts';
import { attributeLabels } from './storedLabels.ts';
import type { Splice } from './protobufFields.ts';

/**
 * A ZipMap at the end of a graph, as scikit-learn's converters write it: it turns the probability tensor into a
 * sequence of maps, one a row, which onnxruntime-node cannot return.
 */
export interface FinalZipMap {
  readonly node: NodeOutline;
  readonly output: ValueOutline;
  /** Name of the tensor that it unpacks: the probabilities. */
  readonly probabilities: string;
  /** In the order of the probability columns. */
  readonly classes: readonly string[];
}

export function finalZipMaps(graph: GraphOutline): FinalZipMap[] {
  return graph.nodes.flatMap((node) => {
    if (node.op !== 'ZipMap') return [];
    const output = graph.outputs.find((value) => value.name === node.outputs[0]);
    const [probabilities] = node.inputs;
    if (output === undefined || probabilities === undefined) return [];
    return [{ node, output, probabilities, classes: labelsOf(node) }];
  });
}

function labelsOf(node: NodeOutline): readonly string[] {
  for (const name of ['classlabels_int64s', 'classlabels_strings']) {
    const attribute = node.attributes.get(name);
    const labels = attribute === undefined ? undefined : attributeLabels(attribute);
    if (labels !== undefined) return labels;
  }
  return [];
}

/** The graph's output list with `probabilities` in the place of the maps, and the node itself gone. */
export function withoutZipMap(zipMap: FinalZipMap, graph: GraphOutline): Splice[] {
  const already = graph.outputs.some((output) => output.name === zipMap.probabilities);
  return [
    { start: zipMap.node.start, end: zipMap.node.end, replacement: [] },
    {
      start: zipMap.output.start,
      end: zipMap.output.end,
      replacement: already ? [] : [graphOutput(zipMap.probabilities)],
    },
  ];
}

/** GraphProto.output (12) with a name and no type: the runtime infers it, whether float or double. */
function graphOutput(name: string): Uint8Array {
  return new BinaryWriter()
    .tag(12, WireType.LengthDelimited)
    .fork()
    .tag(1, WireType.LengthDelimited)
    .string(name)
    .join()
    .finish();
}
