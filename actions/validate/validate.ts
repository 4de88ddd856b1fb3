import type { Action } from '../runAction.ts';
import type { InputsOf, VALIDATE } from '../contracts.ts';
import type { ActionOutcome } from '../outcome.ts';

export function validate(_action: Action<InputsOf<typeof VALIDATE.inputs>>): Promise<ActionOutcome<'models'>> {
  return Promise.reject(new Error('not yet'));
}
