/** What the values of a column are. `other`: nested values, bytes, times of day; carried along, fed to no model. */
export type ColumnType = 'integer' | 'float' | 'string' | 'boolean' | 'date' | 'timestamp' | 'other';

export const COLUMN_TYPES = ['integer', 'float', 'string', 'boolean', 'date', 'timestamp'] as const;

/** How the reading engine holds a column of a typed file (Parquet), as far as it matters here. */
export type Physical =
  | { readonly kind: 'text' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'double' }
  | { readonly kind: 'real' }
  | { readonly kind: 'decimal'; readonly width: number; readonly scale: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'date' }
  | { readonly kind: 'timestamp'; readonly zoned: boolean }
  | { readonly kind: 'other' };

/** Reads the engine's name of a type, `DECIMAL(10,2)`, `TIMESTAMP WITH TIME ZONE`. */
export function parsePhysical(name: string): Physical {
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(name);
  if (decimal !== null) return decimalType(Number(decimal[1]), Number(decimal[2]));
  if (/^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT))$/.test(name)) return { kind: 'integer' };
  if (name === 'DOUBLE') return { kind: 'double' };
  if (name === 'FLOAT') return { kind: 'real' };
  if (name === 'BOOLEAN') return { kind: 'boolean' };
  if (name === 'DATE') return { kind: 'date' };
  if (name === 'TIMESTAMP WITH TIME ZONE') return { kind: 'timestamp', zoned: true };
  if (/^TIMESTAMP(_S|_MS|_NS)?$/.test(name)) return { kind: 'timestamp', zoned: false };
  if (name === 'VARCHAR' || name === 'UUID' || name.startsWith('ENUM')) return { kind: 'text' };
  return { kind: 'other' };
}

function decimalType(width: number, scale: number): Physical {
  if (scale === 0) return { kind: 'integer' };
  // A decimal of up to 15 digits is the double nearest to it, and back.
  return width <= 15 ? { kind: 'double' } : { kind: 'decimal', width, scale };
}

export function typeOfPhysical(physical: Exclude<Physical, { kind: 'text' }>): ColumnType {
  switch (physical.kind) {
    case 'integer':
      return 'integer';
    case 'double':
    case 'real':
    case 'decimal':
      return 'float';
    case 'boolean':
      return 'boolean';
    case 'date':
      return 'date';
    case 'timestamp':
      return 'timestamp';
    case 'other':
      return 'other';
  }
}
