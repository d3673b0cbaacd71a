/** Replaying a cassette of the lab, whichever run it holds. */
import { type AgentsReplay, replayAgents } from "./agents-replay.js";
import { placesOf } from "./places.js";
import { recordedKind } from "./recorded-kind.js";
import { type Replay, replay } from "./replay.js";
import type { ReplayRunOptions } from "./replaying.js";

export type AnyReplay = Replay | AgentsReplay;

export async function replayAny(options: ReplayRunOptions): Promise<AnyReplay> {
  const kind = recordedKind(placesOf(options));
  return kind === "agents" ? await replayAgents(options) : await replay(options);
}
