import * as v from 'valibot';

/** How much of its GPUs a training used, sampled while its command ran. */
export interface GpuUse {
  /** Seconds between two samples of `series`. */
  readonly everySeconds: number;
  readonly gpus: readonly {
    readonly index: number;
    readonly samples: number;
    /** Percent of the time in which a kernel ran. */
    readonly utilisation: Sampled;
    readonly memoryMiB: Sampled;
  }[];
}

interface Sampled {
  readonly mean: number;
  readonly max: number;
  /** At most {@link LONGEST_SERIES} points, each the mean of as many samples. */
  readonly series: readonly number[];
}

/** Looks at the GPUs from when it is made. However the looking fails, what it had seen by then is its answer. */
export interface GpuWatch {
  /** `undefined` where it saw nothing. */
  stop(): Promise<GpuUse | undefined>;
}

export const LONGEST_SERIES = 120;

const sampled = v.object({
  mean: v.number(),
  max: v.number(),
  series: v.pipe(v.array(v.number()), v.maxLength(LONGEST_SERIES)),
});
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Narrows what a candidate says of it: a machine has not so many GPUs. */
export const gpuUse: v.GenericSchema<unknown, GpuUse> = v.object({
  everySeconds: v.number(),
  gpus: v.pipe(
    v.array(v.object({ index: count, samples: count, utilisation: sampled, memoryMiB: sampled })),
    v.maxLength(64),
  ),
});

/** Arguments that make `nvidia-smi` write a line `index, %, MiB` for each GPU, again and again. */
export function gpuUseQuery(everySeconds: number): readonly string[] {
  const query = '--query-gpu=index,utilization.gpu,memory.used';
  return [query, '--format=csv,noheader,nounits', `--loop-ms=${Math.round(everySeconds * 1000)}`];
}

/** Gathers samples for as long as a training takes, in bounded memory: a series that is full keeps every second mean. */
export class GpuUseGatherer {
  readonly #everySeconds: number;
  readonly #gpus = new Map<number, { samples: number; utilisation: Gathered; memoryMiB: Gathered }>();

  constructor(everySeconds: number) {
    this.#everySeconds = everySeconds;
  }

  /** @param line one line of the answer; what is none is passed over. */
  add(line: string): void {
    const [, index, utilisation, memory] = /^\s*(\d+),\s*(\d+|\[.*\]),\s*(\d+|\[.*\])\s*$/.exec(line) ?? [];
    if (index === undefined) return;
    const gpu = this.#gpus.get(Number(index)) ?? { samples: 0, utilisation: new Gathered(), memoryMiB: new Gathered() };
    this.#gpus.set(Number(index), gpu);
    gpu.samples += 1;
    gpu.utilisation.add(Number(utilisation) || 0);
    gpu.memoryMiB.add(Number(memory) || 0);
  }

  /** `undefined` where nothing was sampled. */
  summary(): GpuUse | undefined {
    if (this.#gpus.size === 0) return undefined;
    const gpus = [...this.#gpus].toSorted(([a], [b]) => a - b);
    const stride = Math.max(...gpus.map(([, { utilisation }]) => utilisation.stride));
    return {
      everySeconds: this.#everySeconds * stride,
      gpus: gpus.map(([index, { samples, utilisation, memoryMiB }]) => ({
        index,
        samples,
        utilisation: utilisation.summary(),
        memoryMiB: memoryMiB.summary(),
      })),
    };
  }
}

class Gathered {
  /** Samples in a point of the series. */
  stride = 1;
  #count = 0;
  #sum = 0;
  #max = 0;
  #series: number[] = [];
  #pending: number[] = [];

  add(value: number): void {
    this.#count += 1;
    this.#sum += value;
    this.#max = Math.max(this.#max, value);
    this.#pending.push(value);
    if (this.#pending.length < this.stride) return;
    this.#series.push(mean(this.#pending));
    this.#pending = [];
    if (this.#series.length <= LONGEST_SERIES) return;
    const halved: number[] = [];
    // The last of an odd number of points begins the next pair.
    for (let at = 0; at + 1 < this.#series.length; at += 2) halved.push(mean(this.#series.slice(at, at + 2)));
    if (this.#series.length % 2 === 1) this.#pending = Array<number>(this.stride).fill(this.#series.at(-1) ?? 0);
    this.#series = halved;
    this.stride *= 2;
  }

  summary(): Sampled {
    return { mean: tenths(this.#sum / this.#count), max: this.#max, series: this.#series.map(tenths) };
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
