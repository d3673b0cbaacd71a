/**
 * What code can reach beyond its arguments. A world allows some of these and refuses the rest; an
 * ambient call and an imported module are each said to reach one.
 */

export type Capability =
  /** What time it is, or how much has passed. */
  | "clock"
  /** To be called later, or to stop a thread until then. */
  | "timer"
  | "randomness"
  /** The language, the time zone and the customs of the machine, where none are named. */
  | "locale"
  /** The process, its variables and arguments; the machine, the browser, the runtime. */
  | "environment"
  /** To be read by a person: terminal, console, dialogs. */
  | "output"
  | "network"
  | "files"
  /** Other programs. */
  | "processes"
  /** Workers, and what passes between them. */
  | "threads"
  /** What the collector has taken, or what was left in fresh memory. */
  | "memory"
  /** Code that is not there to be read: text that is run, a module named at run time. */
  | "code"
  /** The global object in the hands of somebody who may ask it for anything. */
  | "globals"
  /** What was recorded, read only. */
  | "cassette"
  /** A store of keys and values that comes with the world. */
  | "store";

/** For a message: "reads <says>" or "reaches <says>" must both read well. */
export const capabilities: Readonly<Record<Capability, string>> = {
  clock: "the clock",
  timer: "a timer",
  randomness: "a source of randomness",
  locale: "the machine's language or time zone",
  environment: "the process or the machine",
  output: "a terminal or a person",
  network: "the network",
  files: "files",
  processes: "other programs",
  threads: "other threads",
  memory: "the collector or unwritten memory",
  code: "code that is only known at run time",
  globals: "the global object as a whole",
  cassette: "a cassette",
  store: "a key-value store",
};

export function isCapability(name: string): name is Capability {
  return Object.hasOwn(capabilities, name);
}
