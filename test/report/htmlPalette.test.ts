import { describe, expect, it } from 'vitest';
import { customProperties, DARK, LIGHT, mixed, TINTS, type Palette } from '../../src/report/html/palette.ts';

/** Contrast ratio of two colours, from 1 to 21: WCAG 2.2, "relative luminance" and "contrast ratio". */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((lighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05);
}

const TEXT = 4.5;
const GRAPHIC = 3;

describe.each<readonly [string, Palette]>([
  ['light', LIGHT],
  ['dark', DARK],
])('the %s palette', (_, palette) => {
  it.each(['ink', 'muted', 'good', 'bad', 'open', 'candidate'] as const)('has %s that can be read as text', (name) => {
    expect(contrast(palette[name], palette.page)).toBeGreaterThanOrEqual(TEXT);
    expect(contrast(palette[name], palette.panel)).toBeGreaterThanOrEqual(TEXT);
  });

  it.each(['candidate', 'baseline', 'good', 'bad', 'open'] as const)('has lines of %s that can be seen', (name) => {
    expect(contrast(palette[name], palette.page)).toBeGreaterThanOrEqual(GRAPHIC);
  });

  it('has tints on which a number can be read, each stronger than the one before', () => {
    for (const over of [palette.candidate, palette.bad]) {
      const tints = TINTS.map((share) => mixed(over, palette.page, share));
      for (const tint of tints) expect(contrast(palette.ink, tint)).toBeGreaterThanOrEqual(TEXT);
      const strengths = tints.map((tint) => contrast(tint, palette.page));
      expect(strengths).toEqual([...strengths].sort((a, b) => a - b));
    }
  });
});

it('WCAG itself says that black on white is 21 and #767676 on white 4.54', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

it('mixes colours by their share', () => {
  expect(mixed('#ff0000', '#ffffff', 0.5)).toBe('#ff8080');
  expect(mixed('#0067a3', '#ffffff', 0)).toBe('#ffffff');
});

it('gives the style sheet a property for each colour', () => {
  expect(customProperties(LIGHT)).toContain(`--ink:${LIGHT.ink};`);
  expect(customProperties(LIGHT)).toMatch(/--right-5:#[0-9a-f]{6};--wrong-5:#[0-9a-f]{6}$/);
});
