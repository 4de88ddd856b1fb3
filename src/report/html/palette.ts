/** A colour as `#rrggbb`. */
type Colour = string;

/** What each colour is for. Meaning is never in a colour alone: a word, a shape, a dash or a sign says the same. */
export interface Palette {
  readonly page: Colour;
  readonly panel: Colour;
  readonly ink: Colour;
  readonly muted: Colour;
  readonly line: Colour;
  readonly grid: Colour;
  readonly candidate: Colour;
  readonly baseline: Colour;
  readonly good: Colour;
  readonly bad: Colour;
  readonly open: Colour;
}

// Blue, vermillion and bluish green are Okabe and Ito's (2008, "Color Universal Design"), darkened or lightened until
// they are read as text; the baseline is grey, so that it differs from the candidate in lightness of its own.
export const LIGHT: Palette = {
  page: '#ffffff',
  panel: '#f6f7f9',
  ink: '#1b1f24',
  muted: '#59626c',
  line: '#d5dae0',
  grid: '#e8ebef',
  candidate: '#0067a3',
  baseline: '#6b7076',
  good: '#00694d',
  bad: '#ad3a00',
  open: '#7a5600',
};

export const DARK: Palette = {
  page: '#15181c',
  panel: '#1d2126',
  ink: '#e4e7eb',
  muted: '#a3acb6',
  line: '#3a4149',
  grid: '#2a2f36',
  candidate: '#5ab6ec',
  baseline: '#b3b9c1',
  good: '#3ec79c',
  bad: '#ff9166',
  open: '#e5b54f',
};

/** How strongly the cells of a matrix are tinted, from almost nothing on. */
export const TINTS = [0.07, 0.14, 0.22, 0.32, 0.44] as const;

/** One colour laid over another with so much of it showing. */
export function mixed(over: Colour, under: Colour, share: number): Colour {
  const channels = [1, 3, 5].map((at) => {
    const [a, b] = [over, under].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16));
    return Math.round((a ?? 0) * share + (b ?? 0) * (1 - share));
  });
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** The colours as custom properties of CSS, the tints of matrices among them. */
export function customProperties(palette: Palette): string {
  const tints = TINTS.flatMap((share, index) => [
    `--right-${index + 1}:${mixed(palette.candidate, palette.page, share)}`,
    `--wrong-${index + 1}:${mixed(palette.bad, palette.page, share)}`,
  ]);
  return [...Object.entries(palette).map(([name, colour]) => `--${name}:${colour}`), ...tints].join(';');
}
