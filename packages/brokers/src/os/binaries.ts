/** The programs that brokers need, and which package has them. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { BrokersError } from "../errors.js";

export type BinaryName = "redis-server" | "rabbitmq-server" | "java" | "mvn";

interface BinaryRow {
  readonly install: string;
  /** Looked at before PATH. */
  readonly places: readonly string[];
}

const binaries: Readonly<Record<BinaryName, BinaryRow>> = {
  "redis-server": { install: "apt install redis-server, or brew install redis", places: [] },
  "rabbitmq-server": {
    install: "apt install rabbitmq-server, or brew install rabbitmq",
    // Debian's /usr/sbin/rabbitmq-server changes the user; this is what it runs.
    places: ["/usr/lib/rabbitmq/bin/rabbitmq-server"],
  },
  java: {
    install: "apt install openjdk-17-jre-headless, or brew install openjdk",
    places: [],
  },
  mvn: { install: "apt install maven, or brew install maven", places: [] },
};

const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/opt/homebrew/bin", "/opt/homebrew/sbin"];

/** @throws BrokersError BINARY_MISSING */
export function findBinary(name: BinaryName): string {
  const { install, places } = binaries[name];
  const { PATH = "", JAVA_HOME } = process.env;
  const homes = name === "java" && JAVA_HOME ? [join(JAVA_HOME, "bin", "java")] : [];
  const folders = [...PATH.split(delimiter).filter((folder) => folder !== ""), ...systemFolders];
  const paths = [...homes, ...places, ...folders.map((folder) => join(folder, name))];
  const found = paths.find(isProgram);
  if (found !== undefined) return found;
  throw new BrokersError(
    "BINARY_MISSING",
    `${name} is not on this machine (looked in PATH and ${systemFolders.join(", ")}): ${install}`,
    { install },
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** util-linux: runs a program that the kernel kills when its parent dies; undefined elsewhere. */
export function findSetpriv(): string | undefined {
  return ["/usr/bin/setpriv", "/bin/setpriv"].find(isProgram);
}
