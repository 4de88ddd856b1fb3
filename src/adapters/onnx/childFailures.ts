import type { Problem } from '../../failure.ts';
import { ServiceFailure, UserMistake } from '../../failure.ts';
import { NATIVE_PART_CHANGED } from '../nativeParts/verifyNativePart.ts';
import type { Answer } from './frames.ts';
import { inMiB } from './modelFile.ts';
import type { ChildEnd } from './modelProcess.ts';

/** What the model was doing, and within which bounds. */
export interface Doing {
  readonly where: string;
  readonly during: 'load' | 'run';
  readonly memoryBytes: number;
}

/** Signals by which native code dies of its own fault. */
const CRASHES: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGSYS']);
/** By which the child's own watcher ends it when it passes the limit. */
const MEMORY_SIGNAL = 'SIGUSR2';
const NO_MEMORY =
  /bad_alloc|bad allocation|out of memory|FatalOOM|failed to allocate|allocation failed|array buffer allocation/i;
/** How the runtime names what it does not know, with the part of its message that says it. */
const UNKNOWN_OPERATOR =
  /(?:no op registered|is not a registered function\/op|could not find an implementation)[^\n]*/i;

/** How a child that gave no answer is told: as the model's doing, or as the machine's. */
export function childEndFailure(end: ChildEnd, doing: Doing): UserMistake | ServiceFailure {
  const { where } = doing;
  switch (end.kind) {
    case 'late':
      return new UserMistake('model-timeout', {
        where,
        found: `the model gave no answer within ${end.seconds} s while ${verb(doing)}`,
        expected: 'an answer for every batch in time',
        remedy: 'Look for a loop in the graph that does not end, or make the model smaller',
      });
    case 'ended':
      if (end.signal === MEMORY_SIGNAL || NO_MEMORY.test(end.said)) return noMemory(doing);
      if (end.signal === 'SIGXFSZ') {
        return new UserMistake('model-crashed', {
          where,
          found: `the model tried to write a file while ${verb(doing)}`,
          expected: 'a model that only computes',
        });
      }
      if (end.signal !== null && CRASHES.has(end.signal)) {
        return new UserMistake('model-crashed', {
          where,
          found: `the model crashed the runtime (${end.signal}) while ${verb(doing)}${tail(end.said)}`,
          expected: 'a model that onnxruntime can run',
          remedy: 'Run it with onnxruntime in Python on the same rows, and export it again',
        });
      }
      return new ServiceFailure('model-process-ended', {
        where,
        found: `the process that held the model was ended by ${end.signal ?? `exit code ${end.code}`} while ${verb(doing)}${tail(end.said)}`,
        remedy: end.signal === 'SIGKILL' ? 'Look whether the machine ran out of memory, and try again' : 'Try again',
      });
    case 'not-started':
      return new ServiceFailure('model-process-not-started', {
        where,
        found: `the process for the model could not be started (${end.message})`,
        remedy: 'Look at the limits on processes and memory here, and try again',
      });
    case 'garbled':
      return new UserMistake('model-crashed', {
        where,
        found: `the model's process answered out of turn while ${verb(doing)} (${end.message})`,
        expected: 'a model that onnxruntime can run',
        remedy: 'Run it with onnxruntime in Python on the same rows, and export it again',
      });
  }
}

/** How a child that answered "failed" is told. */
export function answeredFailure(
  answer: Extract<Answer, { kind: 'failed' }>,
  doing: Doing,
): UserMistake | ServiceFailure {
  const message = plain(answer.message);
  if (answer.during === 'start' && answer.changedPart === true) {
    return new ServiceFailure(NATIVE_PART_CHANGED, { where: doing.where, found: `no model was loaded: ${message}` });
  }
  if (answer.during === 'start') {
    return new ServiceFailure('model-runtime-missing', {
      where: doing.where,
      found: `onnxruntime could not be loaded (${message})`,
      remedy: 'Install Touchstone again with npm ci; its native part must fit this system',
    });
  }
  if (NO_MEMORY.test(message)) return noMemory(doing);
  const operator = UNKNOWN_OPERATOR.exec(message);
  const problem: Problem = {
    where: doing.where,
    found: `onnxruntime cannot ${answer.during} the model: ${message}`,
    expected:
      operator === null ? 'a model that onnxruntime can run' : 'operators of ai.onnx, ai.onnx.ml and com.microsoft',
    remedy:
      answer.during === 'load'
        ? 'Load it with onnxruntime in Python to see the same, and export it again'
        : 'Run it with onnxruntime in Python on the same rows, and export it again',
  };
  return new UserMistake(answer.during === 'load' ? 'model-load-failed' : 'model-run-failed', problem);
}

function noMemory(doing: Doing): UserMistake {
  return new UserMistake('model-memory', {
    where: doing.where,
    found: `the model took more than ${inMiB(doing.memoryBytes)} of memory while ${verb(doing)}`,
    expected: 'a model that runs within that',
    remedy: 'Make the model smaller, or look for a tensor that grows with the input',
  });
}

function verb({ during }: Doing): string {
  return during === 'load' ? 'being loaded' : 'running';
}

/** Without the source file, line and C++ signature that the runtime puts in front. */
function plain(message: string): string {
  const text = message
    .replace(/^\/\S+\.(?:cc|h):\d+ .*?\) (?=[A-Z])/s, '')
    .replace(/\s+/g, ' ')
    .trim();
  return text.replace(/\.$/, '').slice(0, 600);
}

/** The line of stderr that says most: the last that names an error, else the last. */
function tail(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  const line = lines.findLast((one) => /error|fatal|terminate/i.test(one)) ?? lines.findLast((one) => one !== '') ?? '';
  return line === '' ? '' : `: ${line.slice(0, 300)}`;
}
