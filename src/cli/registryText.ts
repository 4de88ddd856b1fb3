import type { ListedModel } from '../commands/registryList.ts';
import type { LoggedEvent } from '../commands/registryLog.ts';
import type { ShownVersion } from '../commands/registryShow.ts';
import type { Digest } from '../identity/digest.ts';
import { formatManifestVersion, type ModelName } from '../identity/names.ts';
import type { RegistryEvent } from '../registry/event.ts';
import type { Evidence } from '../registry/evidence.ts';
import type { Verification } from '../registry/verification.ts';
import { printable } from '../wording/printable.ts';
import { columns } from './columns.ts';

const LONGEST_REASON = 1000;

export function tellModels(models: readonly ListedModel[]): string {
  if (models.length === 0) return 'No version is registered yet.';
  return models
    .map(({ model, versions, champions }) => {
      const rows = versions.toReversed().map(({ number, manifest, status, registeredAt }) => {
        const serves = champions.filter(({ champion }) => champion.manifest === manifest);
        return [
          `  v${number}`,
          shortDigest(manifest),
          instant(registeredAt),
          status === 'registered' ? '' : status,
          serves.map(({ environment, since }) => `serves ${environment} since ${instant(since)}`).join(', '),
        ];
      });
      return [model, ...columns(rows)].join('\n');
    })
    .join('\n\n');
}

export function tellVersion(model: ModelName, { version, manifest, evidence, serves }: ShownVersion): string {
  const { signature } = manifest;
  const inputs = signature.inputs.map((input) =>
    input.kind === 'matrix' ? `${input.name} (${input.features.length} features)` : input.feature,
  );
  const { output } = signature;
  const rows = [
    ['version', `${model}@v${version.number}, ${formatManifestVersion(model, version.manifest)}`],
    ['manifest', version.manifest],
    ['registered', `${instant(version.registeredAt)}, ${version.status}`],
    ['serves', serves.map(({ environment }) => environment).join(', ') || 'nowhere'],
    ...manifest.files.map((file) => [file.role, `${file.path}, ${file.bytes} bytes, ${shortDigest(file.digest)}`]),
    ['inputs', shorten(inputs, 6)],
    ['output', output.kind === 'values' ? 'values' : `classes ${shorten(output.classes, 12)}`],
    ...manifest.data.map((data) => [data.role, `${data.rows} rows, ${shortDigest(data.digest)}`]),
    [
      'code',
      shorten(
        manifest.code.map((file) => `${file.path} ${file.object.slice(0, 8)}`),
        6,
      ),
    ],
    ['command', manifest.command.join(' ')],
    ['params', JSON.stringify(manifest.params)],
    ['seed', String(manifest.seed)],
    ...evidenceRows(evidence),
  ];
  return columns(rows).join('\n');
}

function evidenceRows({ verdict, parent, training }: Evidence): string[][] {
  const rows: string[][] = [];
  if (verdict)
    rows.push(['verdict', `${verdict.kind}, ${verdict.assurance}, ${verdict.compared ? 'compared' : 'not compared'}`]);
  if (parent) rows.push(['against', `v${parent.version}, ${shortDigest(parent.manifest)}`]);
  if (!training) return rows;
  const { environment, startedAt, seconds, claimed } = training;
  const { commit, dirty, python, platform, gpus } = environment;
  const edited = dirty.length === 0 ? '' : `, with uncommitted changes in ${shorten(dirty, 4)}`;
  rows.push(
    ['trained', `${instant(startedAt)}, ${seconds.toFixed(1)} s`],
    ['commit', commit === undefined ? 'none' : `${commit}${edited}`],
    [
      'machine',
      [platform, python === undefined ? '' : `Python ${python}`, ...gpus.map(({ name }) => name)]
        .filter(Boolean)
        .join(', '),
    ],
  );
  if (claimed.metrics !== undefined) rows.push(['claimed', JSON.stringify(claimed.metrics)]);
  return rows;
}

export function tellHistory(events: readonly LoggedEvent[]): string {
  if (events.length === 0) return 'Nothing has happened yet.';
  return columns(
    events.map(({ event, model, environment }) => [
      instant(event.at),
      event.type,
      event.type === 'override' ? model : `${model}@v${event.version}`,
      environment === undefined ? overriddenIn(event) : `in ${environment}`,
      `by ${event.actor.name}`,
      // Of a comment.
      printable(event.reason, LONGEST_REASON),
    ]),
  ).join('\n');
}

/** `recall@overall on 3f9c2ab1`: a word on one commit. Empty for what is no override. */
function overriddenIn(event: RegistryEvent): string {
  if (event.type !== 'override') return '';
  const what = event.overrides === 'finding' ? printable(event.finding, LONGEST_REASON) : 'removed';
  return `${what} on ${event.head.slice(0, 8)}`;
}

export function tellVerification(location: string, { problems, checked, unused }: Verification): string {
  const { logs, events, versions, verdicts, blobs } = checked;
  const lines = [
    `${location}: ${problems.length === 0 ? 'every digest and chain holds' : `${problems.length} problems`}.`,
    `Checked ${events} events in ${logs} logs, ${versions} versions, ${verdicts} verdicts, ${blobs} blobs.`,
    ...columns(problems.map(({ kind, key, found }) => [kind, key, found])),
  ];
  const left = unused.blobs + unused.intents + unused.foreign;
  if (left > 0) {
    lines.push(
      `Unused and harmless: ${unused.blobs} blobs, ${unused.intents} intents, ${unused.foreign} files that are not ours.`,
    );
  }
  return lines.join('\n');
}

function shortDigest(digest: Digest): string {
  return digest.slice(0, 8);
}

/** `2026-05-03 10:00:07Z`: sorts as it reads, and says its zone. */
function instant(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z`;
}

function shorten(all: readonly string[], most: number): string {
  const shown = all.slice(0, most).join(', ');
  return all.length > most ? `${shown} and ${all.length - most} more` : shown;
}
