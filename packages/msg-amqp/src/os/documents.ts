/** The contract documents of `arch/msg/amqp`, from disk. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ContractReference,
  type ProfileFiles,
  readListed,
  readProfileFile,
} from "@reprise/msg-core/driver";
import { type AmqpProfile, checkedProfile, readAmqpProfile } from "../profile.js";
import { type AmqpTopology, checkedTopology, readAmqpTopology } from "../topology.js";

/** Throws CONTRACT_INVALID. */
export function loadProfile(profile: AmqpProfile | ContractReference): AmqpProfile {
  if (!("archRoot" in profile)) return checkedProfile(profile);
  return readAmqpProfile(readProfileFile(filesUnder(profile.archRoot), profile.id));
}

/** Throws CONTRACT_INVALID. */
export function loadTopology(topology: AmqpTopology | ContractReference): AmqpTopology {
  if (!("archRoot" in topology)) return checkedTopology(topology);
  const entry = { id: topology.id, list: "topologies" };
  return readAmqpTopology(readListed(filesUnder(topology.archRoot), entry));
}

function filesUnder(archRoot: string): ProfileFiles {
  return {
    indexPath: "arch/msg/amqp/index.x07amqp.json",
    schemaVersion: "x07.arch.msg.amqp.index@0.1.0",
    readText: (path) => readFileSync(join(archRoot, "..", path), "utf8"),
  };
}
