import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/report/json.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { describeStage } from '../../src/report/stages.ts';
import { renderTerminal } from '../../src/report/terminal.ts';
import { report } from './report.ts';

describe('a stage of a run', () => {
  it('says how long it took', () => {
    expect(describeStage({ stage: 'training', seconds: 4.21, reused: false })).toBe('ran, 4.2 s');
    expect(describeStage({ stage: 'data', seconds: 61.4, reused: false })).toBe('ran, 61 s');
  });

  it('says that it was spared, and from when its result is, where that is known', () => {
    const reused = { stage: 'training', seconds: 0.31, reused: true, reusedFrom: '2026-05-03T10:02:45.123Z' } as const;
    expect(describeStage(reused)).toBe('inputs unchanged, found again from 2026-05-03 10:02 UTC, 0.3 s');
    expect(describeStage({ stage: 'evaluation', seconds: 0, reused: true })).toBe(
      'inputs unchanged, found again, 0.0 s',
    );
  });

  it('that was spared is told at a glance; the recalled verdict has its own sentence', () => {
    const stages = [
      { stage: 'data', seconds: 1, reused: true },
      { stage: 'training', seconds: 1, reused: true },
      { stage: 'evaluation', seconds: 1, reused: true },
    ] as const;
    const sentence = 'Found again, since nothing that they depend on changed: data and training. Run all with --force.';
    expect(renderTerminal(report({ stages }), { colour: false })).toContain(sentence);
    expect(renderTerminal(report({ stages: [{ ...stages[0], reused: false }] }), { colour: false })).not.toContain(
      'Found again',
    );
  });

  it('is told in the report and in its JSON', () => {
    const stages = [{ stage: 'data', seconds: 12, reused: true }] as const;
    expect(renderMarkdown(report({ stages }))).toContain('| Stage data | inputs unchanged, found again, 12 s |');
    expect(renderJson(report({ stages }))).toMatchObject({ stages });
  });
});
