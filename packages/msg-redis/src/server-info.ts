/** What INFO says of a server, as far as the driver acts on it. Where it says nothing, nothing is assumed. */
export interface ServerInfo {
  /** undefined: it is not told. */
  readonly version: readonly [major: number, minor: number] | undefined;
  readonly loading: boolean;
  readonly cluster: boolean;
  readonly replica: boolean;
  /** Whether each write goes to a file: undefined where it is not told. */
  readonly appendOnly: boolean | undefined;
}

export const nothingTold: ServerInfo = {
  version: undefined,
  loading: false,
  cluster: false,
  replica: false,
  appendOnly: undefined,
};

/** `text` has lines `name:value`. */
export function readServerInfo(text: string): ServerInfo {
  const facts = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) facts.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const version = /^(\d+)\.(\d+)/.exec(facts.get("redis_version") ?? "");
  const aof = facts.get("aof_enabled");
  return {
    version: version === null ? undefined : [Number(version[1]), Number(version[2])],
    loading: facts.get("loading") === "1",
    cluster: facts.get("cluster_enabled") === "1",
    replica: facts.get("role") === "slave",
    appendOnly: aof === undefined ? undefined : aof === "1",
  };
}

export function isAtLeast({ version }: ServerInfo, major: number, minor: number): boolean {
  if (version === undefined) return false;
  return version[0] > major || (version[0] === major && version[1] >= minor);
}
