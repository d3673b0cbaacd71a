/** The command line of a Kafka process, and the questions that tell whether it is up. */
import { apiVersionsProbe, nodeIsInProbe } from "../probe-bytes.js";
import { answersAt } from "./probing.js";

/** Small and quick: one compiler, one collector thread, no counters in /tmp; the log is on stderr. */
const machine: readonly string[] = [
  "-Xms64m",
  "-Xmx256m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-XX:-UsePerfData",
  "-Xshare:auto",
  "-Djava.awt.headless=true",
  "-Djava.net.preferIPv4Stack=true",
  "-Dfile.encoding=UTF-8",
  "-Dorg.slf4j.simpleLogger.showDateTime=true",
  "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
];

/** All but the configuration file, which comes last. */
export function javaArguments(classPath: string, classArchive?: string): readonly string[] {
  const archive = classArchive === undefined ? [] : [`-XX:SharedArchiveFile=${classArchive}`];
  return [...machine, ...archive, "-cp", classPath, "kafka.Kafka"];
}

export interface KafkaListeners {
  readonly nodeId: number;
  readonly clientPort: number;
  readonly internalPort: number;
  /** CLIENT speaks TLS. */
  readonly secure: boolean;
}

/** The cluster has the node, and it answers where clients come. */
export async function kafkaAnswers(listeners: KafkaListeners): Promise<boolean> {
  const { nodeId, clientPort, internalPort, secure } = listeners;
  const inside = { port: internalPort, secure: false, probe: nodeIsInProbe(nodeId) };
  const outside = { port: clientPort, secure, probe: apiVersionsProbe() };
  return (await answersAt(inside)) && answersAt(outside);
}
