import type { Illustration } from '../../evaluation/illustration/illustration.ts';
import type { RunReport } from '../runReport.ts';
import { calibrationChart, valueCalibrationChart } from './calibrationChart.ts';
import { confusion } from './confusionTable.ts';
import { curves } from './curves.ts';
import { flippedRows } from './flips.ts';
import { modelLegend } from './legend.ts';
import { html, type Markup } from './markup.ts';
import type { Part } from './page.ts';
import { residualChart, scatterCharts } from './residuals.ts';

/** What lies behind the numbers: charts of both models, who is taken for whom, and the rows whose answer changed. */
export function explanation(report: RunReport): readonly Part[] {
  const { illustration } = report;
  if (illustration === undefined) return [{ id: 'curves', title: 'Behind the numbers', body: absent(report) }];
  return [...charts(illustration, report), ...flips(illustration, report)];
}

function absent({ recalled }: RunReport): Markup {
  return recalled
    ? html`<p class="empty">
        The verdict was on record already, so no row was read again: there are no curves and no changed answers to show
        here.
      </p>`
    : html`<p class="empty">No curves were kept of this run.</p>`;
}

function charts(illustration: Illustration, report: RunReport): readonly Part[] {
  const legend = modelLegend(report);
  switch (illustration.kind) {
    case 'classes': {
      const { calibration, confusion: matrices } = illustration;
      const drawn = curves(illustration.curves, calibration && calibrationChart(calibration), report);
      const none = html`<p class="empty">
        The candidate answers labels without probabilities: it has no curves and no calibration.
      </p>`;
      return [
        {
          id: 'curves',
          title: 'Curves and calibration',
          body: drawn === undefined ? none : html`${legend}${drawn}`,
        },
        { id: 'confusion', title: 'Confusion', body: confusion(matrices) },
      ];
    }
    case 'values': {
      const { residuals, calibration, scatter } = illustration;
      const body = html`${legend}
        <div class="charts large-charts">
          ${residualChart(residuals)}${valueCalibrationChart(calibration)}${scatterCharts(scatter)}
        </div>`;
      return [{ id: 'curves', title: 'Residuals and calibration', body }];
    }
  }
}

function flips({ flips: changed, kind }: Illustration, { baseline, holdout }: RunReport): readonly Part[] {
  const part = (body: Markup): readonly Part[] => [{ id: 'changed', title: 'Answers that changed', body }];
  if (changed !== undefined) return part(flippedRows(changed, kind));
  if (baseline === undefined) return [];
  return holdout.open ? [] : part(html`<p class="empty">The holdout is sealed: its rows are not shown.</p>`);
}
