import { UserMistake } from '../../src/failure.ts';

/** The mistake that a step is told; fails where it is none. */
export function mistakeOf(step: () => unknown): UserMistake {
  try {
    step();
  } catch (error) {
    if (error instanceof UserMistake) return error;
    throw error;
  }
  throw new Error('Nothing was thrown where a mistake was expected.');
}

export async function mistakeIn(step: Promise<unknown>): Promise<UserMistake> {
  let told: unknown;
  try {
    await step;
  } catch (error) {
    told = error;
  }
  return mistakeOf(() => {
    if (told !== undefined) throw told as Error;
  });
}
