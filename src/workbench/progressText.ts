import { stripVTControlCharacters } from 'node:util';
import { widthOf } from '../report/columns.ts';

/** How far some work is. */
export type Advance =
  /** Its length is not known. */
  | { readonly kind: 'elapsed' }
  | { readonly kind: 'fraction'; readonly fraction: number }
  | { readonly kind: 'count'; readonly done: number; readonly all: number; readonly unit: string };

const BAR_WIDTH = 20;
/** Before that a rate is a guess. */
const RATE_AFTER_SECONDS = 2;

/** What a terminal's line says beside the name of the work: a bar and what is left, or the time that it has taken. */
export function describeAdvance(advance: Advance, seconds: number): string {
  if (advance.kind === 'elapsed') return seconds < 1 ? '' : duration(seconds);
  const fraction = fractionOf(advance);
  const parts = [bar(fraction), `${Math.floor(fraction * 100)} %`];
  if (seconds >= RATE_AFTER_SECONDS && fraction > 0) {
    if (advance.kind === 'count') parts.push(`${compact(advance.done / seconds)} ${advance.unit}/s`);
    if (fraction < 1) parts.push(`${duration((seconds * (1 - fraction)) / fraction)} left`);
  }
  return parts.join('  ');
}

export function fractionOf(advance: Exclude<Advance, { kind: 'elapsed' }>): number {
  if (advance.kind === 'fraction') return Math.min(1, Math.max(0, advance.fraction));
  return advance.all === 0 ? 1 : Math.min(1, advance.done / advance.all);
}

function bar(fraction: number): string {
  const filled = Math.round(fraction * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

/** `7 s`, `2 min 5 s`, `3 h 20 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `870`, `12 k`, `3.4 M`. */
function compact(count: number): string {
  if (count < 1000) return String(Math.round(count));
  const [divisor, suffix] = count < 1e6 ? [1e3, 'k'] : [1e6, 'M'];
  const scaled = count / divisor;
  return `${scaled.toFixed(scaled < 10 ? 1 : 0)} ${suffix}`;
}

/** One line of plain text: escapes gone, and what else a terminal would obey. */
export function plainLine(text: string): string {
  // Controls, and what turns the direction of text around or hides it.
  return stripVTControlCharacters(text).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

/** As much of a text as fits into so many columns of a terminal; a cut is shown. */
export function fitted(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let taken = 0;
  for (const character of text) {
    const wide = widthOf(character);
    if (taken + wide > width - 1) break;
    kept += character;
    taken += wide;
  }
  return width < 1 ? '' : `${kept}…`;
}
