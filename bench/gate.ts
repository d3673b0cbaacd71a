/** Lets a consumer that is called by its client be asked for messages, a batch at a time. */
export interface Gate {
  /** Resolves with the bytes of so many messages as a batch has, when they are committed. */
  take(): Promise<number>;
  /** Resolves when somebody takes; false: nobody will. */
  wanted(): Promise<boolean>;
  done(size: number): void;
  end(): void;
}

export function createGate(): Gate {
  let taker: ((size: number) => void) | undefined;
  let onTaker: ((isThere: boolean) => void) | undefined;
  let isEnded = false;
  return {
    take: () =>
      new Promise((resolve) => {
        taker = resolve;
        onTaker?.(true);
        onTaker = undefined;
      }),
    wanted: () =>
      new Promise((resolve) => {
        if (taker !== undefined || isEnded) resolve(!isEnded);
        else onTaker = resolve;
      }),
    done(size) {
      const waiting = taker;
      taker = undefined;
      waiting?.(size);
    },
    end() {
      isEnded = true;
      onTaker?.(false);
    },
  };
}
