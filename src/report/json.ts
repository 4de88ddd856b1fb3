import type { Json } from '../identity/digest.ts';
import { withInfinitiesInWords } from '../registry/judgementDocument.ts';
import { blocks, type RunReport } from './runReport.ts';

/**
 * The report for programs: `schema`, `verdict` and `findings` as the interface promises them, and all else that was
 * found but the charts and the list of columns. `difference` and `interval` are signed so that better is +; what was not measured is absent, never 0 or null.
 */
export function renderJson(report: RunReport): Json {
  const { model, judgement, ...rest } = report;
  const { verdict, findings, observations, power } = judgement;
  const document = {
    schema: 'touchstone/run/v1',
    model,
    blocks: blocks(report),
    verdict,
    findings,
    observations,
    power,
    ...rest,
    datasets: report.datasets.map(({ role, files, rows, columns, digest }) => ({ role, files, rows, columns, digest })),
    // It shows rows of the holdout, and a document that is passed around must not.
    illustration: undefined,
  };
  // Through text and back: what is undefined goes, so that nothing reads as null.
  return JSON.parse(JSON.stringify(withInfinitiesInWords(document))) as Json;
}
