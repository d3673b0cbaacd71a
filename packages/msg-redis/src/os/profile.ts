/** Profiles, from objects or from the contract files. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonValue } from "@reprise/canonical-json";
import { type ContractReference, readProfileFile } from "@reprise/msg-core/driver";
import { indexSchemaVersion, type RedisProfile, readRedisProfile } from "../profile.js";

const indexPath = "arch/msg/redis/index.x07redis.json";

/** Throws CONTRACT_INVALID. */
export function loadProfile(given: RedisProfile | ContractReference): RedisProfile {
  // An object of the caller's is held to the schema like a file: it is JSON, or it is refused.
  if (!("archRoot" in given)) return readRedisProfile(given as unknown as JsonValue);
  const { archRoot, id } = given;
  const readText = (path: string): string => readFileSync(join(archRoot, "..", path), "utf8");
  const schemaVersion = indexSchemaVersion;
  return readRedisProfile(readProfileFile({ readText, indexPath, schemaVersion }, id));
}
