import type { Json } from '../identity/digest.ts';
import type { Candidate } from '../training/candidate.ts';
import { formatP } from './advice.ts';
import { NOTHING, observationRows, type MetricRow } from './gateRows.ts';
import { countOf, formatCount, formatNumber } from '../wording/numbers.ts';
import type { DatasetSummary, RunReport } from './runReport.ts';
import { describeStage } from './stages.ts';
import type { Voice } from './voice.ts';

/** A part of the report that is folded away until somebody asks: a table, and what is to be said of it. */
export interface Section {
  readonly topic: Topic;
  readonly title: string;
  /** Worth a glance wherever the verdict is told; the rest is looked up in the whole report. */
  readonly glance?: true;
  readonly says?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** What a part is about: a rendering may have a place of its own for it. */
type Topic = 'gates' | 'anomalies' | 'claims' | 'observations' | 'judging' | 'data' | 'training';

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });

/** The parts, the most wanted first; where room is short, the last give way. */
export function sectionsOf(report: RunReport, voice: Voice): readonly Section[] {
  return [
    anomalySection(report, voice),
    claimSection(report, voice),
    observationSection(report, voice),
    judgingSection(report, voice),
    dataSection(report.datasets, voice),
    report.training && trainingSection(report.training, voice),
  ].filter((section) => section !== undefined && section.rows.length > 0) as readonly Section[];
}

export function anomalySection({ anomalies }: Pick<RunReport, 'anomalies'>, voice: Voice): Section {
  return {
    topic: 'anomalies',
    glance: true,
    title: anomalies.length === 1 ? '1 anomaly in the data' : `${anomalies.length} anomalies in the data`,
    columns: [left('Anomaly'), left('Column'), left('Severity'), left('What')],
    rows: [...anomalies]
      .sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'))
      .map(({ id, column, severity, message }) => [
        voice.name(id),
        column === undefined ? NOTHING : voice.name(column),
        severity,
        voice.prose(message),
      ]),
  };
}

/** What training says of itself, beside what was measured where a metric of that name was. */
function claimSection(report: RunReport, voice: Voice): Section {
  const measured = new Map(
    [...report.judgement.findings, ...report.judgement.observations]
      .filter(({ slice }) => slice === 'overall')
      .map(({ metric, candidate }) => [metric, candidate]),
  );
  const claims = report.training?.claimed.metrics;
  return {
    topic: 'claims',
    glance: true,
    title: 'Claimed by training, not measured here',
    says: 'The training command wrote these numbers. They decide nothing.',
    columns: [left('Metric'), right('Claimed'), right('Measured')],
    rows: flatten(claims).map(([name, value]) => {
      const own = measured.get(name);
      return [voice.name(name), claimed(value, voice), own === undefined ? NOTHING : formatNumber(own, 4)];
    }),
  };
}

const DEEPEST_CLAIM = 4;

/** Nested values under dotted names: `validation.accuracy`. */
function flatten(value: Json | undefined, name = '', depth = 0): readonly (readonly [name: string, value: Json])[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null || depth === DEEPEST_CLAIM) return [[name, value]];
  return Object.entries(value).flatMap(([key, inner]: [string, Json | undefined]) =>
    flatten(inner, name === '' ? key : `${name}.${key}`, depth + 1),
  );
}

function claimed(value: Json, voice: Voice): string {
  if (typeof value === 'number') return Number.isInteger(value) ? formatNumber(value, 0) : formatNumber(value, 4);
  return voice.name(typeof value === 'string' ? value : JSON.stringify(value));
}

function observationSection({ judgement }: RunReport, voice: Voice): Section {
  const rows = observationRows(judgement.observations);
  const compared = judgement.verdict.compared;
  const noted = rows.some(({ because }) => because !== undefined);
  const counts = judgement.observations.map((observation) => formatCount(observation.rows));
  const cells = (row: MetricRow, index: number): readonly string[] => [
    voice.name(row.name),
    ...(compared ? [row.baseline] : []),
    row.candidate,
    ...(compared ? [row.difference, row.interval.replaceAll(' ', '\u00a0')] : []),
    counts[index] ?? '',
    ...(noted ? [row.because === undefined ? '' : voice.prose(row.because)] : []),
  ];
  return {
    topic: 'observations',
    title: 'Metrics that no gate speaks of',
    columns: [
      left('Metric'),
      ...(compared ? [right('Baseline')] : []),
      right('Candidate'),
      ...(compared ? [right('Difference Δ'), right('95 % interval')] : []),
      right('Rows'),
      ...(noted ? [left('Note')] : []),
    ],
    rows: rows.map(cells),
  };
}

function judgingSection(report: RunReport, voice: Voice): Section {
  const { holdout, policy, isolation, judgement, reproduce } = report;
  const intervals = judgement.findings.filter(({ method }) => method !== undefined);
  return {
    topic: 'judging',
    title: 'How it was judged',
    columns: [left('What'), left('How')],
    rows: [
      [
        'Holdout',
        `${voice.name(holdout.digest.slice(0, 16))}, ${countOf(holdout.rows, 'row')}, ${holdout.open ? 'open' : 'sealed'}; ${formatCount(holdout.dropped)} left out as seen in training`,
      ],
      ['Policy', voice.name(policy.slice(0, 16))],
      ...intervals.map(({ id, method, effectiveRows, evidence, adjustedP }) => [
        voice.name(id),
        `${method ?? ''} on ${formatCount(effectiveRows)} ${evidence?.unit ?? 'rows'}${adjustedP === undefined ? '' : `, p ${formatP(adjustedP)} after Holm`}`,
      ]),
      ...(isolation === undefined
        ? []
        : [
            ['Runtime', `${voice.name(isolation.runtime)}, ${countOf(isolation.threads, 'thread')}`],
            ['Network', isolation.network === 'none' ? 'none: the models could reach nothing' : 'not isolated here'],
            ['Privileges', isolation.privileges === 'dropped' ? 'dropped' : 'not isolated here'],
            [
              'Memory',
              `${formatCount(isolation.memory.bytes / 2 ** 20)} MiB at most, kept by the ${isolation.memory.keptBy}`,
            ],
            ['Time', `${isolation.time.callSeconds} s a call, ${isolation.time.totalSeconds} s in all`],
          ]),
      ...report.stages.map((stage) => [`Stage ${stage.stage}`, voice.prose(describeStage(stage))]),
      ...reproduce.map((line) => ['Again with', voice.command(line)]),
    ],
  };
}

function dataSection(datasets: readonly DatasetSummary[], voice: Voice): Section {
  return {
    topic: 'data',
    title: 'Data',
    columns: [left('Role'), right('Rows'), right('Columns'), left('Digest'), left('Files')],
    rows: datasets.map(({ role, rows, columns, digest, files }) => {
      const [first = '', ...more] = files;
      const others = more.length === 0 ? '' : ` and ${more.length} more`;
      return [
        role,
        formatCount(rows),
        formatCount(columns),
        voice.name(digest.slice(0, 16)),
        `${voice.name(first)}${others}`,
      ];
    }),
  };
}

export function trainingSection(training: Candidate, voice: Voice): Section {
  const { inputs, environment, output, files, seconds } = training;
  const params = Object.entries(inputs.params);
  const row = (what: string, how: string | undefined): readonly (readonly string[])[] =>
    how === undefined ? [] : [[what, how]];
  const named = (name: string | undefined): string | undefined => (name === undefined ? undefined : voice.name(name));
  return {
    topic: 'training',
    title: 'Training',
    columns: [left('What'), left('How')],
    rows: [
      ...row('Command', voice.command(inputs.command.join(' '))),
      ...row('Time', `${formatNumber(seconds, seconds < 10 ? 1 : 0)} s`),
      ...row('Seed', String(inputs.seed)),
      ...params.map(([name, value]) => ['Parameter', `${voice.name(name)} = ${voice.name(String(value))}`]),
      ...row('Left', voice.name(`${output.path} (${formatCount(output.bytes)} bytes, ${output.digest.slice(0, 16)})`)),
      ...files.map((file) => ['Left', voice.name(`${file.path} (${formatCount(file.bytes)} bytes)`)]),
      ...row('Commit', named(environment.commit)),
      ...environment.dirty.map((path) => ['Not committed', voice.name(path)]),
      ...row('Python', named(environment.python)),
      ...row('Lockfile', named(inputs.lockfile?.slice(0, 16))),
      ...row('Platform', voice.name(environment.platform)),
      ...row('CPUs', formatCount(environment.cpus)),
      ...environment.gpus.map((gpu) => [
        'GPU',
        voice.name(`${gpu.name}, driver ${gpu.driver}, ${formatCount(gpu.memoryMiB)} MiB`),
      ]),
      ...(environment.gpuUse?.gpus ?? []).map(({ index, utilisation, memoryMiB }) => [
        `GPU ${formatCount(index)} in use`,
        `${formatNumber(utilisation.mean, 0)} % of the time (at most ${formatNumber(utilisation.max, 0)} %), ${formatCount(Math.round(memoryMiB.max))} MiB at most`,
      ]),
      ...Object.entries(environment.packages).map(([name, version]) => ['Package', voice.name(`${name} ${version}`)]),
    ],
  };
}
