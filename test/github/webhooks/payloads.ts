import { Description, isObject, object, readDescription } from '../schemas.ts';

/**
 * What GitHub says its webhooks carry: https://github.com/octokit/openapi-webhooks, as the package
 * `@octokit/openapi-webhooks` has it. Read once for each process, when the first event is told to anybody.
 */
export class WebhookPayloads {
  readonly #description: Description;
  readonly #webhooks: Readonly<Record<string, unknown>>;

  static #loaded: WebhookPayloads | undefined;

  static load(): WebhookPayloads {
    WebhookPayloads.#loaded ??= new WebhookPayloads();
    return WebhookPayloads.#loaded;
  }

  private constructor() {
    const document = readDescription('@octokit/openapi-webhooks/generated/api.github.com.json');
    this.#description = new Description(document);
    this.#webhooks = object(document['webhooks']);
  }

  /** What is wrong with an event's payload. */
  problems(event: string, payload: Readonly<Record<string, unknown>>): string[] {
    const { action } = payload;
    const name = [event, ...(typeof action === 'string' ? [action] : [])].join('-').replaceAll('_', '-');
    const webhook = this.#webhooks[name];
    if (!isObject(webhook)) return [`GitHub tells of no ${name}`];
    const { content } = object(object(webhook['post'])['requestBody']);
    const { schema } = object(object(content)['application/json']);
    return this.#description.problems(name, schema, payload);
  }
}
