const MINUS = '\u2212';

/** `0.941`, `−12.5`; with a true minus sign, and never a minus before zeros. */
export function formatNumber(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? `${MINUS}∞` : 'not a number';
  if (Math.abs(value) >= 1e15) return withMinus(value.toExponential(3));
  const text = value.toFixed(decimals);
  return withMinus(Number(text) === 0 ? text.replace('-', '') : text);
}

/** As {@link formatNumber}, with `+` before what is positive. */
export function formatSigned(value: number, decimals: number): string {
  const text = formatNumber(value, decimals);
  return value > 0 && /[1-9∞]/.test(text) ? `+${text}` : text;
}

export function formatInterval([lower, upper]: readonly [number, number], decimals: number): string {
  return `[${formatSigned(lower, decimals)}, ${formatSigned(upper, decimals)}]`;
}

export function withMinus(text: string): string {
  return text.replaceAll('-', MINUS);
}

const counts = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,200` */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** `1 row`, `1,200 rows` */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** An estimate of what would be enough: its first two digits, rounded up. 1,234 is 1,300; 0.0312 is 0.032. */
export function upTo2Digits(estimate: number): number {
  if (!(estimate > 0) || !Number.isFinite(estimate)) return estimate;
  const exponent = Math.floor(Math.log10(estimate)) - 1;
  // Written as text, so that no rounding of the power of ten adds digits.
  const digits = Math.ceil(Number((estimate / 10 ** exponent).toPrecision(12)));
  return Number(`${digits}e${exponent}`);
}
