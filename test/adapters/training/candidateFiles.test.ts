import path from 'node:path';
import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readCandidate } from '../../../src/adapters/training/candidateFiles.ts';
import { train, writes } from '../../commands/trainingWorld.ts';
import { mistakeIn } from '../../fakes/mistakeOf.ts';
import { temporaryFolder, writeFiles } from '../../fakes/temporaryFolder.ts';

describe('reading a candidate', () => {
  it('needs one, whole and unchanged', async () => {
    const root = await temporaryFolder({ 'train.mjs': writes({ 'model.onnx': 'm' }), 'data.csv': 'd' });
    expect((await mistakeIn(readCandidate(root))).code).toBe('candidate-missing');
    const { folder, candidate } = await train(root);
    expect(await readCandidate(folder)).toEqual(candidate);
    await writeFiles(folder, { 'model.onnx': 'other' });
    expect((await mistakeIn(readCandidate(folder))).code).toBe('candidate-changed');
    await rm(path.join(folder, 'model.onnx'));
    expect((await mistakeIn(readCandidate(folder))).message).toContain('the file is missing');
    await writeFiles(folder, { 'candidate.json': '{}' });
    expect((await mistakeIn(readCandidate(folder))).code).toBe('candidate-invalid');
  });
});
