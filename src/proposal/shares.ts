/** `12 %`, `0.6 %`: never 0 % of what is there, nor 100 % of what lacks a row. */
export function formatShare(part: number, whole: number): string {
  if (part === 0 || part === whole || whole === 0) return part === 0 ? '0 %' : '100 %';
  const percent = (100 * part) / whole;
  if (percent < 1 || percent > 99) {
    const shown = percent < 1 ? Math.max(percent, 0.1) : Math.min(percent, 99.9);
    return `${Number(shown.toFixed(1))} %`;
  }
  return `${Math.round(percent)} %`;
}
