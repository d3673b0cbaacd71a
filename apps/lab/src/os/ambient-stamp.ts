/**
 * What code that knows nothing of replays does: it asks the time, throws dice and makes an identifier.
 * It stands here because nothing pure may name these; the lab calls it in a solve world all the same.
 */
export function ambientStamp(): string {
  const placed = new Date(Date.now()).toISOString();
  const lucky = Math.random() < 0.1 ? "lucky" : "plain";
  return `${placed} ${lucky} ${crypto.randomUUID()}`;
}
