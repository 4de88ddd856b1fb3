import { scaleLinear, type ScaleLinear } from 'd3-scale';
import { withMinus } from '../../wording/numbers.ts';

/** An axis of numbers: what lies where, and which round numbers are written beside it. */
export interface Axis {
  readonly domain: readonly [lower: number, upper: number];
  readonly ticks: readonly Tick[];
}

interface Tick {
  readonly value: number;
  readonly label: string;
}

interface Wanted {
  /** How many characters fit beside each other along the axis. */
  readonly room: number;
  readonly most?: number;
  readonly signed?: boolean;
  /** Whether the axis begins and ends at a round number. */
  readonly nice?: boolean;
}

const GAP = 2;

/** As many round numbers as their labels have room for, at least the two outermost. */
export function axisOver(
  extent: readonly [number, number],
  { room, most = 6, signed = false, nice = true }: Wanted,
): Axis {
  const [lower, upper] = widened(extent);
  for (let count = most; ; count -= 1) {
    const scale = scaleLinear().domain([lower, upper]);
    if (nice) scale.nice(count);
    const values = scale.ticks(count);
    const labels = labelsOf(values, signed);
    const ticks = values.map((value, index) => ({ value, label: labels[index] ?? '' }));
    const fits = labels.reduce((sum, label) => sum + label.length + GAP, 0) <= room;
    if (!fits && count > 2) continue;
    const [from = lower, to = upper] = scale.domain();
    const outermost = ticks.filter((_, index) => index === 0 || index === ticks.length - 1);
    return { domain: [from, to], ticks: fits ? ticks : outermost };
  }
}

/** An axis of shares, from 0 to 1. */
export function shareAxis(small: boolean): Axis {
  const values = small ? [0, 0.5, 1] : [0, 0.2, 0.4, 0.6, 0.8, 1];
  return { domain: [0, 1], ticks: values.map((value) => ({ value, label: String(value) })) };
}

/** The extent of finite numbers; `[0, 1]` where there are none. */
export function extentOf(values: Iterable<number>): readonly [number, number] {
  let [lower, upper] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < lower) lower = value;
    if (value > upper) upper = value;
  }
  return lower <= upper ? [lower, upper] : [0, 1];
}

/** Of no width there is no scale. Beyond this range differences of doubles overflow. */
function widened([lower, upper]: readonly [number, number]): readonly [number, number] {
  const within = (value: number): number => Math.min(Math.max(value, -1e300), 1e300);
  const [from, to] = [within(lower), within(upper)];
  const least = Math.max(Math.abs(from), Math.abs(to)) * 1e-9 || 1e-9;
  return to - from > least ? [from, to] : [from - Math.max(least, 0.5e-6), to + Math.max(least, 0.5e-6)];
}

/** Places a value of the axis between two ends of a drawing. */
export function scaleOf({ domain }: Axis, range: readonly [number, number]): ScaleLinear<number, number> {
  return scaleLinear().domain(domain).range(range);
}

/** Labels of evenly spaced numbers, with equally many decimals: `0.05`, `2M`; or with a power of ten where those are many. */
export function labelsOf(values: readonly number[], signed = false): readonly string[] {
  const [first = 0, second = first] = values;
  const step = Math.abs(second - first);
  const largest = Math.max(...values.map(Math.abs), 0);
  const write = writer(step, largest);
  return values.map((value) => {
    const text = withMinus(write(value));
    return signed && value > 0 ? `+${text}` : text;
  });
}

function writer(step: number, largest: number): (value: number) => string {
  if (largest === 0) return () => '0';
  const decimals = step > 0 ? Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) : 3;
  if (largest >= 1e7 || decimals > 5) {
    const power = Math.floor(Math.log10(largest) + 1e-12);
    const digits = Math.max(0, power - Math.floor(Math.log10(step || largest) + 1e-9));
    return (value) => (value === 0 ? '0' : `${(value / 10 ** power).toFixed(Math.min(digits, 15))}·10${raised(power)}`);
  }
  const whole = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return (value) => (value === 0 ? '0' : whole.format(value));
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function raised(power: number): string {
  const digits = [...String(Math.abs(power))].map((digit) => SUPERSCRIPTS[Number(digit)] ?? '').join('');
  return power < 0 ? `⁻${digits}` : digits;
}
