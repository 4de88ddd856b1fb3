import type { RunReport } from '../runReport.ts';
import { nameMarkup } from './htmlVoice.ts';
import { html, type Markup } from './markup.ts';

/** Who is who in a chart: candidate solid with discs, baseline dashed with squares. */
export function modelLegend({ candidate, baseline }: RunReport): Markup {
  const ofBaseline =
    baseline === undefined ? undefined : html`<li>${swatch('baseline')}${named('baseline', baseline.label)}</li>`;
  return html`<ul class="legend">
    <li>${swatch('candidate')}${named('candidate', candidate.label)}</li>
    ${ofBaseline}
  </ul>`;
}

/** A candidate that was just trained has no name but that. */
function named(model: 'candidate' | 'baseline', label: string): Markup {
  return label === model ? html`<span>${model}</span>` : html`<span>${model} ${nameMarkup(label)}</span>`;
}

function swatch(model: 'candidate' | 'baseline'): Markup {
  return html`<svg width="30" height="12" aria-hidden="true">
    <line class="${model}-line" x1="1" x2="29" y1="6" y2="6" />
    ${dot(model, 15, 6)}
  </svg>`;
}

/** A disc for the candidate, a square for the baseline. */
export function dot(model: 'candidate' | 'baseline', x: number, y: number): Markup {
  return model === 'candidate'
    ? html`<circle class="candidate-dot" cx="${x}" cy="${y}" r="3.6" />`
    : html`<rect class="baseline-dot" x="${x - 3}" y="${y - 3}" width="6" height="6" />`;
}
