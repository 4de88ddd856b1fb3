import { ACCEPTED, begin, departuresAfterRetry, REJECTED, TURNED, untruths } from './publishFaults.ts';
import type { Killed, Publishing } from './publishing.ts';
import { randomOf } from './random.ts';

export interface PublishKills {
  readonly kills: number;
  readonly seed: number;
  readonly onKill?: (tally: KillTally) => void;
}

/** Where the kills fell, and what was found wrong; nothing should be. */
export interface KillTally {
  kills: number;
  /** It had asked for something, and was not through. */
  inWindow: number;
  /** By how many requests had been answered. */
  readonly byRequest: Record<number, number>;
  readonly wrong: string[];
}

/**
 * Kills the publishing job again and again, half the time while GitHub has one of its requests in hand (before its effect
 * or after it), half the time whenever, and looks each time at what stands, and whether the job, run again, ends it well.
 */
export async function killPublishing(world: Publishing, { kills, seed, onKill }: PublishKills): Promise<KillTally> {
  const random = randomOf(seed);
  const tally: KillTally = { kills: 0, inWindow: 0, byRequest: {}, wrong: [] };
  // The first one fills the machine's caches.
  await world.publish(ACCEPTED.section);
  await world.reset();
  const began = Date.now();
  await world.publish(ACCEPTED.section);
  const lasts = Date.now() - began;
  const { length: requests } = world.github.requests;
  for (; tally.kills < kills; onKill?.(tally)) {
    const expected = [ACCEPTED, REJECTED, TURNED][Math.floor(random() * 3)] ?? ACCEPTED;
    const at = random();
    const isHeld = random() < 0.5;
    const when = random() < 0.5 ? 'before' : 'after';
    await begin(world, expected);
    const skip = Math.floor(at * requests);
    if (isHeld) world.github.faults.next({ answer: 'hang', when, skip });
    const { signal, exitCode, log } = await world.publish(
      expected.section,
      {},
      isHeld ? whileItHangs(world) : afterMs(at * lasts),
    );
    const answered = world.github.requests.length;
    world.github.faults.clear();
    tally.kills += 1;
    if (signal === 'SIGKILL' && answered > 0) {
      tally.inWindow += 1;
      tally.byRequest[answered] = (tally.byRequest[answered] ?? 0) + 1;
    }
    const strike = isHeld ? `killed ${when} the effect of request ${skip + 1}` : `killed after ${answered} requests`;
    const wrong = (what: string): void => void tally.wrong.push(`${expected.conclusion}, ${strike}: ${what}`);
    if (signal !== 'SIGKILL' && exitCode !== 0) wrong(`ended with ${exitCode}: ${log}`);
    (await untruths(world, expected)).forEach(wrong);
    (await departuresAfterRetry(world, expected, { attempt: 2 })).forEach(wrong);
  }
  return tally;
}

function whileItHangs({ github: { faults } }: Publishing): Killed {
  return {
    when: (kill) => {
      const timer = setInterval(() => {
        // A request that hangs after its effect is carried out first.
        if (faults.pending === 0) setTimeout(kill, 40);
      }, 5);
      return () => clearInterval(timer);
    },
  };
}

function afterMs(ms: number): Killed {
  return {
    when: (kill) => {
      const timer = setTimeout(kill, ms);
      return () => clearTimeout(timer);
    },
  };
}
