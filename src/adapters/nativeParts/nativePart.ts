import path from 'node:path';
import { UserMistake } from '../../failure.ts';
import pinned from './pins.json' with { type: 'json' };

/** A library with machine code, which no bundle can hold. */
export type NativePartName = 'duckdb' | 'onnxruntime';

/** What one part is on one platform: made by packNativeParts.ts, and taken from nowhere but this file. */
export interface PinnedPart {
  readonly version: string;
  /** The release asset, and the sha512 of its bytes. */
  readonly pack: { readonly name: string; readonly sha512: string; readonly bytes: number };
  /** Every file of it, by its path, with the sha512 of its bytes. */
  readonly files: { readonly [path: string]: string };
}

interface Pins {
  /** The release of Touchstone that has the packs as assets. */
  readonly release: string;
  readonly parts: { readonly [part: string]: { readonly [platform: string]: PinnedPart } };
}

const PINS: Pins = pinned;

export const NATIVE_RELEASE = PINS.release;

/** @throws UserMistake where there is no such part for the platform. */
export function pinnedPart(name: NativePartName, platform = `${process.platform}-${process.arch}`): PinnedPart {
  const platforms = PINS.parts[name] ?? {};
  const pin = platforms[platform];
  if (pin !== undefined) return pin;
  throw new UserMistake('platform-unsupported', {
    where: platform,
    found: `there is no pack of ${name} for it`,
    expected: `a runner on one of ${Object.keys(platforms).join(', ')}`,
    remedy: 'Name such a runner in runs-on',
  });
}

/** Where a part lies in a tool cache: a pack with other bytes has another folder. */
export function nativePartFolder(name: NativePartName, toolCache: string): string {
  const platform = `${process.platform}-${process.arch}`;
  const { version, pack } = pinnedPart(name, platform);
  return path.join(toolCache, `touchstone-${name}`, `${version}-${pack.sha512.slice(0, 12)}`, platform);
}
