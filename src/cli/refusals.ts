import type { Judgement } from '../evaluation/verdict.ts';
import { formatProblem } from '../failure.ts';
import type { Json } from '../identity/digest.ts';
import type { Refusal } from '../registry/refusal.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import type { Terminal } from '../workbench/terminal.ts';

/** A request that was understood and may not be carried out: the rule that forbids it, and what stands against it. */
export function tellRefusal(
  terminal: Terminal,
  { reasonCode, problem }: Refusal,
  document: (refusal: { readonly [key: string]: Json }) => Json,
  judgement?: Judgement,
): ExitCode {
  const blocking = judgement?.findings.filter(({ blocks }) => blocks) ?? [];
  const against = blocking.map(({ id, kind }) => `\n  ${id}: ${kind}`).join('');
  terminal.answer(
    `Refused (${reasonCode}). ${formatProblem(problem)}${against}`,
    document({
      reason_code: reasonCode,
      problem: JSON.parse(JSON.stringify(problem)) as Json,
      ...(judgement && {
        verdict: { ...judgement.verdict },
        findings: blocking.map(({ id, kind }) => ({ id, kind })),
      }),
    }),
  );
  return EXIT.blocked;
}
