import type { ValidationReport } from '../commands/validate.ts';
import type { Json } from '../identity/digest.ts';
import { columns } from './columns.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import { ModelBench } from '../workbench/modelBench.ts';
import type { Invocation } from './invocation.ts';
import type { Terminal } from '../workbench/terminal.ts';
import { openWorkbench, selectModels } from '../workbench/workbench.ts';

interface ValidateOptions {
  readonly force?: boolean;
}

/** Anomalies of the datasets of each model that is meant. */
export async function validate(
  { process, terminal, options }: Invocation<ValidateOptions>,
  name?: string,
): Promise<ExitCode> {
  const workbench = await openWorkbench(process, options);
  const reports: ValidationReport[] = [];
  for (const model of selectModels(workbench.config, name)) {
    const { validation } = await ModelBench.open(workbench, model, process, terminal, options);
    reports.push(validation.report);
  }
  return tellValidations(reports, terminal);
}

/** Says what was found in the data, and ends as it says. */
export function tellValidations(reports: readonly ValidationReport[], terminal: Terminal): ExitCode {
  const documents = reports.map((report) => JSON.parse(JSON.stringify(report)) as Json);
  const [only] = documents;
  terminal.answer(
    reports.map(tellValidation).join('\n\n'),
    documents.length === 1 && only !== undefined
      ? only
      : { schema: 'touchstone/validations/v1', validations: documents },
  );
  return reports.some(({ blocks }) => blocks) ? EXIT.blocked : EXIT.done;
}

function tellValidation({ model, anomalies, datasets, blocks }: ValidationReport): string {
  const verdict = blocks ? 'the data are not as they must be' : 'the data are as they must be';
  return [
    `${model}: ${verdict}.`,
    ...columns(
      datasets.map(({ role, rows, columns: named, digest, files }) => [
        `  ${role}`,
        `${rows} rows`,
        `${named.length} columns`,
        digest.slice(0, 8),
        files.join(', '),
      ]),
    ),
    ...anomalies.map(({ id, severity, code, message }) => `  ${severity} ${id} ${code}: ${message}.`),
  ].join('\n');
}
