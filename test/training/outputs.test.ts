import { describe, expect, it } from 'vitest';
import { chooseOutputs, type WrittenFile } from '../../src/training/outputs.ts';
import { mistakeOf } from '../fakes/mistakeOf.ts';

const wrote = (path: string, bytes = 10, leadsOut = false): WrittenFile => ({ path, bytes, leadsOut });
const choose = (written: WrittenFile[], files: string[] = [], strayed = false): readonly WrittenFile[] =>
  chooseOutputs({ output: 'model.onnx', files }, written, strayed, 'train');

describe('what training left', () => {
  it('is the output, and the files of train.files sorted, each once', () => {
    const written = ['vocab.txt', 'model.onnx', 'labels.json', 'junk.tmp', 'extra/a.bin'].map((path) => wrote(path));
    const chosen = choose(written, ['vocab.txt', '*.json', 'vocab.*', 'extra/a.bin', 'model.onnx']);
    expect(chosen.map((file) => file.path)).toEqual(['model.onnx', 'extra/a.bin', 'labels.json', 'vocab.txt']);
  });

  it('is nothing: the message says that it wrote nothing', () => {
    const told = mistakeOf(() => choose([]));
    expect(told.code).toBe('output-missing');
    expect(told.message).toBe(
      'train.output: training ended well but wrote no model.onnx; it wrote nothing. ' +
        'Expected model.onnx in the folder that TOUCHSTONE_OUTPUT_DIR names. Write it there, or correct train.output.',
    );
  });

  it('has another name: the message lists what there is and suggests the nearest', () => {
    const told = mistakeOf(() => choose([wrote('metrics.json'), wrote('modle.onnx'), wrote('other.onnx')]));
    expect(told.message).toContain('it wrote metrics.json, modle.onnx, other.onnx');
    expect(told.message).toContain('Did you mean train.output: modle.onnx');
  });

  it('is long: the list is cut', () => {
    const told = mistakeOf(() => choose(Array.from({ length: 14 }, (_, i) => wrote(`weights-${i}.bin`))));
    expect(told.message).toContain('weights-9.bin and 4 more');
  });

  it('stands in the working folder: the message says where it belongs', () => {
    expect(mistakeOf(() => choose([], [], true)).message).toContain('wrote model.onnx into its working folder');
  });

  it('is empty, a link that leads out, or bears a name of ours', () => {
    const told = (written: WrittenFile[], files: string[] = []): [string, string[]] => {
      const { code, problems } = mistakeOf(() => choose(written, files));
      return [code, problems.map((problem) => problem.found)];
    };
    expect(told([wrote('model.onnx', 0)])).toEqual([
      'output-invalid',
      ['training wrote model.onnx without a single byte'],
    ]);
    expect(told([wrote('model.onnx', 9, true)])).toEqual([
      'output-invalid',
      ['model.onnx is a link to what lies outside of the output folder'],
    ]);
    expect(told([wrote('model.onnx'), wrote('candidate.json')], ['candidate.json', 'vocab.txt'])).toEqual([
      'output-invalid',
      [
        'training wrote no vocab.txt; it wrote model.onnx, candidate.json',
        'candidate.json is a name that Touchstone writes itself',
      ],
    ]);
    expect(told([wrote('model.onnx'), wrote('epoch:1.bin')], ['*.bin'])[1]).toEqual([
      'the name "epoch:1.bin" means something else on other platforms',
    ]);
  });
});
