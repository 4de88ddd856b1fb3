import type { GitHub } from '../../gitHub.ts';
import type { WorkflowRun } from '../../state/actions.ts';
import type { ActionInput } from '../actionFile.ts';
import type { StepLog } from '../stepLog.ts';

/** What a stand-in for a published action works with. */
export type StandInCall = {
  readonly inputs: ReadonlyMap<string, string>;
  readonly github: GitHub;
  readonly run: WorkflowRun;
  readonly workspace: string;
  readonly temp: string;
  /** The environment of the step, for the programs that it runs. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: StepLog;
  readonly cancelled: AbortSignal;
};

/** What a stand-in leaves: outputs, and what its post step does. */
export type StandInOutcome = {
  readonly outputs: Readonly<Record<string, string>>;
  readonly post?: () => Promise<void>;
};

/** A published action that the runner carries out itself, with the inputs of the version named. */
export type StandIn = {
  readonly repository: string;
  readonly versions: readonly { readonly tag: string; readonly sha: string }[];
  readonly inputs: ReadonlyMap<string, ActionInput>;
  /** Inputs that are known but not carried out; only their defaults may be given. */
  readonly unimplemented: readonly string[];
  readonly run: (call: StandInCall) => Promise<StandInOutcome>;
};

/** The action fails, and says why; anything else thrown is a fault of the runner. */
export class ActionFailure extends Error {
  override readonly name = 'ActionFailure';
}

/** An input by its name in the published file. */
export function input(call: StandInCall, name: string): string {
  return (call.inputs.get(name) ?? '').trim();
}

/** A switch, read as `core.getBooleanInput` and the actions' own `toUpperCase() === 'TRUE'` do. */
export function flag(call: StandInCall, name: string): boolean {
  return input(call, name).toLowerCase() === 'true';
}
