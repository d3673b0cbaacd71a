/** What one file of this folder exports: a package's cases, each beside what a user would pick instead. */

/** Another way to the same result. `run` is one operation; its result is returned so that it is made. */
export interface BenchmarkPeer {
  readonly name: string;
  readonly run: () => unknown;
  /** How many times as fast as this peer we must be; a peer without it is shown and not judged. */
  readonly atLeast?: number;
}

export interface BenchmarkCase {
  readonly name: string;
  /** Set where an operation takes seconds: a turn is one of them, and there are so many rounds. */
  readonly rounds?: number;
  readonly ours: () => unknown;
  readonly peers: readonly BenchmarkPeer[];
}

export interface Benchmark {
  readonly name: string;
  readonly cases: readonly BenchmarkCase[];
  /** Lets go of what would keep the process alive. */
  readonly end?: () => Promise<void>;
}
