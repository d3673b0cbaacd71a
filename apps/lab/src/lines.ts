/** The lines of a file that is being made, so many and no more; the others are counted. */
export interface Lines {
  /** `line` ends with a newline. */
  add(line: string): void;
  text(): string;
  readonly count: number;
  readonly dropped: number;
}

export function createLines(most: number): Lines {
  const lines: string[] = [];
  let dropped = 0;
  return {
    add(line) {
      if (lines.length < most) lines.push(line);
      else dropped += 1;
    },
    text: () => lines.join(""),
    get count() {
      return lines.length;
    },
    get dropped() {
      return dropped;
    },
  };
}
