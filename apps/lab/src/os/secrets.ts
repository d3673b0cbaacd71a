/** Secrets of the lab: the one called `kafka-password` is in REPRISE_SECRET_KAFKA_PASSWORD. */
export function environmentSecret(id: string): string | undefined {
  return process.env[`REPRISE_SECRET_${id.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`];
}
