import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { gpuUse, GpuUseGatherer, LONGEST_SERIES } from '../../src/training/gpuUse.ts';

function gathered(samples: number, of: (at: number) => string): GpuUseGatherer {
  const gatherer = new GpuUseGatherer(5);
  for (let at = 0; at < samples; at += 1) gatherer.add(of(at));
  return gatherer;
}

describe('what a training uses of its GPUs', () => {
  it('is the mean, the peak and the course of what was sampled', () => {
    const use = gathered(3, (at) => `0, ${at * 10}, ${1000 + at}`).summary();
    expect(use).toEqual({
      everySeconds: 5,
      gpus: [
        {
          index: 0,
          samples: 3,
          utilisation: { mean: 10, max: 20, series: [0, 10, 20] },
          memoryMiB: { mean: 1001, max: 1002, series: [1000, 1001, 1002] },
        },
      ],
    });
  });

  it.each([120, 121, 122, 500, 17_280, 100_001])('takes bounded room for %i samples', (samples) => {
    const use = gathered(samples, (at) => `0, ${at % 101}, 5`).summary();
    const [gpu] = use?.gpus ?? [];
    const series = gpu?.utilisation.series ?? [];
    expect(series.length).toBeLessThanOrEqual(LONGEST_SERIES);
    expect(series.length).toBeGreaterThan(LONGEST_SERIES / 3);
    // What the points stand for, together, is what was sampled but for the last, unfinished point.
    const covered = (series.length * (use?.everySeconds ?? 0)) / 5;
    expect(samples - covered).toBeGreaterThanOrEqual(0);
    expect(samples - covered).toBeLessThan((use?.everySeconds ?? 0) / 5);
    expect(gpu?.samples).toBe(samples);
    expect(v.safeParse(gpuUse, use).success).toBe(true);
  });

  it('keeps the course: a ramp stays a ramp', () => {
    const series = gathered(1000, (at) => `0, ${Math.floor(at / 10)}, 5`).summary()?.gpus[0]?.utilisation.series ?? [];
    expect(series).toEqual([...series].sort((a, b) => a - b));
    expect(series[0]).toBeLessThan(2);
    expect(series.at(-1)).toBeGreaterThan(95);
  });

  it('is nothing where nothing was told', () => {
    expect(gathered(3, () => 'No devices were found').summary()).toBeUndefined();
    expect(new GpuUseGatherer(5).summary()).toBeUndefined();
  });

  it('keeps several GPUs apart, and takes what one does not tell for 0', () => {
    const use = gathered(4, (at) => `${at % 2}, ${at % 2 === 0 ? '50' : '[N/A]'}, 7`).summary();
    expect(use?.gpus.map(({ index, utilisation }) => [index, utilisation.mean])).toEqual([
      [0, 50],
      [1, 0],
    ]);
  });
});
