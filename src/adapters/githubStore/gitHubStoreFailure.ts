import { ServiceFailure, UserMistake } from '../../failure.ts';
import { printable } from '../../wording/printable.ts';
import { HOW_TO_GIVE_A_TOKEN } from '../github/gitHubConnection.ts';

export type Deed = 'create' | 'read' | 'list' | 'clear away';

/** The repository as messages name it, and whether anybody is asking. */
export interface Asker {
  /** `github:acme/churn`. */
  readonly location: string;
  readonly hasToken: boolean;
}

/** The status that GitHub answered; `undefined` for errors that are not GitHub's. A request that got no answer has 500. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined;
}

/** Whether it is not known what came of a request: GitHub failed, or its answer did not arrive. */
export function isUnknownOutcome(error: unknown): boolean {
  return (statusOf(error) ?? 0) >= 500;
}

/** What GitHub says of a refusal, details included. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/ - https:\/\/\S+$/, '') : String(error);
}

/** What a person is told when GitHub does not do its part. Errors that are not GitHub's come through as they are. */
export function gitHubStoreFailure(asker: Asker, deed: Deed, key: string, error: unknown): unknown {
  const status = statusOf(error);
  if (status === undefined || error instanceof ServiceFailure || error instanceof UserMistake) return error;
  const { code, remedy } = causeOf(asker, deed, status, messageOf(error));
  const answered = isAnswered(error) ? `GitHub answers ${status}` : 'GitHub does not answer';
  return new ServiceFailure(
    code,
    {
      where: `${asker.location}: ${key}`,
      found: `cannot ${deed} it: ${answered} (${printable(messageOf(error), 300)})`,
      remedy,
    },
    { cause: error },
  );
}

interface Cause {
  readonly code: string;
  readonly remedy: string;
}

function causeOf({ location, hasToken }: Asker, deed: Deed, status: number, message: string): Cause {
  if (/rate limit/i.test(message)) {
    return {
      code: 'store_limited',
      remedy: hasToken ? LATER : `${LATER}. With a token much more may be asked. ${HOW_TO_GIVE_A_TOKEN}`,
    };
  }
  if (/archived/i.test(message)) {
    return denied('Unarchive the repository, or name another one as "registry" in touchstone.yml');
  }
  if (/immutable/i.test(message)) {
    return denied(
      'Turn off "Enable release immutability" in the settings of the repository, or name another one: github:OWNER/NAME',
    );
  }
  if (/rule violations|protected/i.test(message)) {
    return denied('Exempt the branch "touchstone" and the tags "touchstone-blobs-*" from the rules of the repository');
  }
  if (status >= 500 || status === 409) {
    return { code: 'store_failed', remedy: 'Run the command again: what stands already is not written twice' };
  }
  if (!hasToken) return denied(HOW_TO_GIVE_A_TOKEN);
  if (status === 401) return denied(`The token is not valid, or no longer. ${HOW_TO_GIVE_A_TOKEN}`);
  if (status === 403 || status === 404) {
    const access = deed === 'read' || deed === 'list' ? 'read' : 'write';
    return denied(
      `The token needs "contents: ${access}" for ${location.replace(/^github:/, '')}: in a workflow "permissions: { contents: ${access} }", in a fine-grained token "Contents: Read${access === 'write' ? ' and write' : '-only'}"`,
    );
  }
  return { code: 'store_failed', remedy: 'Look at https://www.githubstatus.com, and run the command again' };
}

const LATER =
  'Wait until GitHub takes requests again, and run the command again: what stands already is not written twice';

function denied(remedy: string): Cause {
  return { code: 'store_denied', remedy };
}

/** Whether GitHub answered at all. */
export function isAnswered(error: unknown): boolean {
  return error instanceof Error && 'response' in error && error.response !== undefined;
}
