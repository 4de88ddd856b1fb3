import { whileAlone, type OtherRun } from '../adapters/runLock.ts';
import type { Process, Terminal } from './terminal.ts';
import type { Workbench } from './workbench.ts';

/** Does what writes into the project's own folder while no other run does; waits for one that does, and says so. */
export async function aloneIn<T>(
  { workspace }: Workbench,
  { now, signal }: Process,
  terminal: Terminal,
  work: () => Promise<T>,
): Promise<T> {
  await workspace.prepare();
  const onWait = (other: OtherRun | undefined): void => terminal.warn(describeWaiting(other, now()));
  return whileAlone(workspace.folder, { now, onWait, signal }, work);
}

/** @param now tells whether the other began on another day. */
export function describeWaiting(other: OtherRun | undefined, now: Date): string {
  if (other === undefined) return 'Another touchstone run works in this folder; waiting';
  const { processId, since, host } = other;
  const place = host === undefined ? '' : ` on ${host}`;
  const day = since.toDateString() === now.toDateString() ? '' : `${localDay(since)} `;
  const time = since.toTimeString().slice(0, 5);
  return `Another touchstone run (process ${processId}${place}, since ${day}${time}) works in this folder; waiting`;
}

function localDay(date: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
