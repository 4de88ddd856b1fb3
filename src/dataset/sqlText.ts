/** A name as a SQL identifier: whatever it holds, it stays one name. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a SQL expression: whatever it holds, it stays one value. The engine ends its input at a NUL, so that one is spelled. */
export function literal(text: string): string {
  const parts = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] ?? "''") : `(${parts.join(' || chr(0) || ')})`;
}

/** A path as the engine reads paths: as a glob, which here names one file whatever it holds. */
export function exactly(path: string): string {
  return path.replace(/[*?[]/g, (character) => `[${character}]`);
}

/** Orders texts by their UTF-8 bytes, as SQL, `LC_ALL=C sort` and Python do; JavaScript's own order is by UTF-16. */
export function byBytes(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
