import { curveLinear, curveStepBefore, line } from 'd3-shape';
import type { Point } from '../../evaluation/illustration/illustration.ts';
import type { Plot } from './chart.ts';

/** The path through points, straight or in the steps that hold the later value. */
export function pathThrough(
  points: readonly Point[],
  { x, y }: Plot,
  shape: 'straight' | 'steps' = 'straight',
): string {
  return (
    line<Point>(
      (point) => x(point[0]),
      (point) => y(point[1]),
    )
      .curve(shape === 'steps' ? curveStepBefore : curveLinear)
      .digits(1)(points.filter((point) => point.every(Number.isFinite))) ?? ''
  );
}
