/** What to do instead of reaching for it, by what is reached: half a sentence after "instead:". */
import type { Capability } from "./capability.js";

const port = "do it in an OS world, and hand the result in";

export const ambientAdvice: Readonly<Record<Capability, string>> = {
  clock: "take `now` as an argument, or a clock of type `() => number`",
  timer: "take a timer as a port, or give the time of the next deadline back to the caller",
  randomness: "take the drawn value as an argument, or a seeded generator",
  locale: "name the locale and the zone, from an argument or a constant",
  environment: "take the value as an argument",
  output: "return what there is to say, or take a sink as a port",
  network: port,
  files: port,
  processes: port,
  threads: port,
  memory: "let the owner say when it is done",
  code: "import the module by name, in an OS world",
  globals: "name the member, in the code",
  cassette: port,
  store: port,
};
