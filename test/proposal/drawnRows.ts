/** Numbers that look drawn and are the same each time: mulberry32 (public domain, T. Ettinger). */
export function drawing(seed: number): { readonly uniform: () => number; readonly normal: () => number } {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  // Box and Muller 1958.
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** Rows as CSV, with the header; nothing for `undefined`. */
export function csvOf(rows: readonly Readonly<Record<string, string | number | boolean | undefined>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const cell = (value: string | number | boolean | undefined): string =>
    typeof value === 'string' && /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value ?? '');
  return [names.map(cell), ...rows.map((row) => names.map((name) => cell(row[name])))]
    .map((cells) => cells.join(','))
    .join('\n');
}
