/** Secrets of the lab: the one called `kafka-password` is in REPRISE_SECRET_KAFKA_PASSWORD. */
const prefix = "REPRISE_SECRET_";

/** The variables that hold some: a recording needs them in its sandbox, too. */
export function secretVariables(): readonly string[] {
  return Object.keys(process.env).filter((name) => name.startsWith(prefix));
}

export function environmentSecret(id: string): string | undefined {
  return process.env[`${prefix}${id.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`];
}
