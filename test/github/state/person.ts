import type { Actor } from '../actor.ts';
import type { Account } from './account.ts';

/** Somebody who acts in the browser or from a shell, for the record of an event. */
export function asPerson(account: Account): Actor & { readonly account: Account } {
  return { kind: 'user', account, token: '' };
}
