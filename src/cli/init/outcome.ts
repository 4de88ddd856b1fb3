import path from 'node:path';
import { readConfig } from '../../adapters/configFile.ts';
import { hasGuessedMargin, planMargin, type InitPlan } from '../../commands/init.ts';
import { formatMetricName } from '../../evaluation/metricName.ts';
import { ServiceFailure, UserMistake } from '../../failure.ts';
import type { Json } from '../../identity/digest.ts';
import type { ModelName } from '../../identity/names.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { countOf, formatNumber } from '../../wording/numbers.ts';
import type { FileChange, ProjectFiles } from '../../scaffold/projectFiles.ts';
import { columns } from '../columns.ts';
import { EXIT, type ExitCode } from '../exitCode.ts';
import { measureMargin, type Measuring } from './measureMargin.ts';
import type { InitOptions } from './options.ts';
import { tellProposal } from './proposalText.ts';
import type { Invocation } from '../invocation.ts';
import { duration } from '../../workbench/progressText.ts';
import type { Terminal } from '../../workbench/terminal.ts';
import { openWorkbench } from '../../workbench/workbench.ts';

export interface InitContext {
  readonly invocation: Invocation<InitOptions>;
  readonly place: { readonly root: string; readonly name: string };
  readonly files: ProjectFiles;
  readonly startedMs: number;
}

/** What was written; or that the model stood already, and what was missing around it. */
type Done =
  | {
      readonly kind: 'written';
      readonly plan: InitPlan;
      readonly proposal: Proposal;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'stood'; readonly added: readonly FileChange[]; readonly notes: readonly string[] };

/** Why the margin is what it is. */
type Margin =
  | Measuring
  /** Somebody wrote it, or it was measured before. */
  | { readonly kind: 'stands' }
  | { readonly kind: 'failed'; readonly error: UserMistake | ServiceFailure };

/** Measures the margin where it is still a guess, and tells what was done. */
export async function finish(context: InitContext, name: ModelName, done: Done): Promise<ExitCode> {
  const { invocation, startedMs } = context;
  const { terminal } = invocation;
  if (done.kind === 'written') terminal.progress(`Wrote ${pathsOf(done.plan).join(', ')}`);
  const margin = invocation.options.dryRun === true ? ({ kind: 'stands' } as const) : await marginOf(context, name);
  const seconds = (performance.now() - startedMs) / 1000;
  terminal.answer(textOf(context, name, done, margin, seconds), documentOf(context, name, done, margin, seconds));
  if (margin.kind !== 'failed') return EXIT.done;
  // The files stand; the exit code still says that not all went well.
  return margin.error instanceof UserMistake ? EXIT.mistake : EXIT.service;
}

async function marginOf({ invocation, place, files }: InitContext, name: ModelName): Promise<Margin> {
  const { process, terminal, options } = invocation;
  const file = path.join(place.root, place.name);
  const standing = await files.standing(place.name);
  if (standing.kind !== 'text' || !hasGuessedMargin(standing.text, name)) return { kind: 'stands' };
  const config = await readConfig({ cwd: process.cwd, path: file });
  const model = config.models.get(name);
  const gate = model?.gates.find((each) => each.maxRegression !== undefined);
  if (model === undefined || gate === undefined) return { kind: 'stands' };
  try {
    terminal.progress(`Measuring the margin that the holdout supports: two trainings, judged against each other`);
    const workbench = await openWorkbench(process, { ...options, config: file });
    const measuring = await measureMargin(workbench, model, process, terminal);
    if (measuring.kind === 'not-told') return measuring;
    const gated = { model: name, metric: gate.metric };
    const change = planMargin(place.name, standing.text, gated, measuring.margin);
    if (change === undefined) return { kind: 'stands' };
    await files.carryOut([change]);
    return measuring;
  } catch (error) {
    if (process.signal.aborted) {
      terminal.warn(
        `${place.name} stands, with a margin that is a guess: "touchstone init --model ${name}" measures it.`,
      );
      throw error;
    }
    if (error instanceof UserMistake || error instanceof ServiceFailure) return { kind: 'failed', error };
    throw error;
  }
}

function pathsOf({ changes }: InitPlan): readonly string[] {
  return changes.map(({ path: file, kind }) => (kind === 'edit' ? `${file} (added to)` : file)).toReversed();
}

function textOf(
  { place, invocation }: InitContext,
  name: ModelName,
  done: Done,
  margin: Margin,
  seconds: number,
): string {
  const time = duration(seconds);
  const dryRun = invocation.options.dryRun === true;
  const lines =
    done.kind === 'stood'
      ? [
          `${name} stands already in ${place.name}; no file was changed${margin.kind === 'measured' ? ' but for the margin' : ''} (${time}).`,
          ...done.notes,
          ...(done.added.length === 0
            ? []
            : [`${dryRun ? 'Would write' : 'Wrote'} ${done.added.map(({ path: file }) => file).join(', ')}.`]),
        ]
      : [
          tellProposal(done.proposal, done.plan.script),
          '',
          ...done.notes,
          `Wrote ${pathsOf(done.plan).join(', ')} in ${time}.`,
        ];
  return [
    ...lines,
    ...marginLines(name, margin),
    '',
    'Next:',
    ...columns([
      [
        `  ${path.join(path.relative(invocation.process.cwd, place.root), place.name)}`,
        'look at what was chosen, and why',
      ],
      [`  touchstone run ${name}`, 'validate, train, judge, report'],
      [
        `  touchstone register ${name}`,
        `then "touchstone promote ${name}@v1": the champion that the next one is judged against`,
      ],
    ]),
  ].join('\n');
}

function marginLines(name: ModelName, margin: Margin): readonly string[] {
  switch (margin.kind) {
    case 'stands':
      return [];
    case 'measured': {
      const { metric, value, margin: measured } = margin;
      const size = `${measured.margin.value} in ${formatMetricName(metric)}`;
      return [
        `A candidate may be worse than the champion by ${size}: what chance alone makes of ${countOf(measured.rows, 'row')}. This model has ${formatNumber(value, 4)}.`,
      ];
    }
    case 'not-told':
      return [`The margin of the gate is a guess, since ${margin.because}.`];
    case 'failed':
      return [
        `The margin of the gate is a guess: it was not measured, for the reason below. Then "touchstone init --model ${name}" measures it.`,
        margin.error.message,
      ];
  }
}

function documentOf({ place }: InitContext, model: ModelName, done: Done, margin: Margin, seconds: number): Json {
  return asJson({
    schema: 'touchstone/init/v1',
    outcome: done.kind === 'stood' ? 'stands' : 'written',
    model,
    config: place.name,
    files: (done.kind === 'stood' ? done.added : done.plan.changes).map(({ path: file, kind }) => ({
      path: file,
      change: kind,
    })),
    ...(done.kind === 'written' && { proposal: { ...done.proposal, schema: undefined } }),
    ...(done.kind === 'written' || done.notes.length > 0 ? { notes: done.notes } : {}),
    margin: marginDocument(margin),
    seconds: Math.round(seconds * 1000) / 1000,
  });
}

function marginDocument(margin: Margin): object {
  switch (margin.kind) {
    case 'stands':
    case 'not-told':
      return margin;
    case 'measured':
      return { ...margin.margin, margin: margin.margin.margin.value, value: margin.value };
    case 'failed':
      return { kind: 'failed', code: margin.error.code, message: margin.error.message };
  }
}

/** What would be written, for `--dry-run`. */
export function tellPlan(terminal: Terminal, plan: InitPlan, proposal: Proposal, notes: readonly string[]): void {
  const text = [
    tellProposal(proposal, plan.script),
    '',
    ...notes,
    `Would write ${pathsOf(plan).join(', ')}. The configuration as it would be:`,
    '',
    plan.config,
  ].join('\n');
  terminal.answer(
    text,
    asJson({
      schema: 'touchstone/init/v1',
      outcome: 'would-write',
      model: plan.model,
      files: plan.changes.map((change) => ({
        path: change.path,
        change: change.kind,
        ...(change.kind !== 'copy' && { text: change.text }),
      })),
      proposal: { ...proposal, schema: undefined },
      notes,
    }),
  );
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
