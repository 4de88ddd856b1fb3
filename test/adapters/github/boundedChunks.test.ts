import { describe, expect, it } from 'vitest';
import { boundedChunks } from '../../../src/adapters/github/boundedChunks.ts';

async function read(body: ReadableStream<Uint8Array>, mostBytes = 100): Promise<number> {
  let bytes = 0;
  for await (const chunk of boundedChunks(body, mostBytes, 'artifact churn')) bytes += chunk.length;
  return bytes;
}

function bodyOf(chunks: readonly number[], end: 'whole' | Error): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const bytes = left.shift();
      if (bytes !== undefined) controller.enqueue(new Uint8Array(bytes));
      else if (end === 'whole') controller.close();
      else controller.error(end);
    },
  });
}

describe('the body of an answer', () => {
  it('is read to its end', async () => {
    expect(await read(bodyOf([40, 60], 'whole'))).toBe(100);
  });

  it('that breaks off in the middle is a failure of the service', async () => {
    const reset = new TypeError('terminated', { cause: new Error('other side closed') });
    await expect(read(bodyOf([40], reset))).rejects.toMatchObject({
      code: 'github-failed',
      message: expect.stringContaining('artifact churn: what GitHub sends broke off (other side closed)') as string,
    });
  });

  it('that is longer than it may be ends there', async () => {
    await expect(read(bodyOf([40, 61], 'whole'))).rejects.toMatchObject({ code: 'github-failed' });
  });

  it('that was cancelled stays a cancellation', async () => {
    const cancelled = new DOMException('Interrupted by SIGINT.', 'AbortError');
    await expect(read(bodyOf([40], cancelled))).rejects.toBe(cancelled);
  });
});
