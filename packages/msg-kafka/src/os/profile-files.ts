/** A profile by its id, from a repository's contract files; or as it is given. Checked either way. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readProfileFile } from "@reprise/msg-core/driver";
import type { KafkaDriverOptions } from "../options.js";
import { type KafkaProfile, kafkaIndexVersion, readKafkaProfile } from "../profile.js";

/** Throws CONTRACT_INVALID. */
export function readProfile(profile: KafkaDriverOptions["profile"]): KafkaProfile {
  if (!("archRoot" in profile)) return readKafkaProfile(plain(profile));
  const { archRoot, id } = profile;
  const files = {
    readText: (path: string) => readFileSync(join(archRoot, "..", path), "utf8"),
    indexPath: "arch/msg/kafka/index.x07kafka.json",
    schemaVersion: kafkaIndexVersion,
  };
  return readKafkaProfile(readProfileFile(files, id));
}

/** As a document would have it: no member that is undefined. */
function plain(profile: KafkaProfile): Parameters<typeof readKafkaProfile>[0] {
  return JSON.parse(JSON.stringify(profile));
}
