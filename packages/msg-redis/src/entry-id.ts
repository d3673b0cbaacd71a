/**
 * Stream ids: `<milliseconds>-<sequence>`, two unsigned 64-bit numbers in decimal, without leading
 * zeros. They are compared as text, length first: a number in JavaScript does not hold them.
 */

/** Less than 0, 0, or more: as `left` is before, at, or behind `right`. */
export function compareIds(left: string, right: string): number {
  const leftDash = left.indexOf("-");
  const rightDash = right.indexOf("-");
  if (leftDash !== rightDash) return leftDash - rightDash;
  if (left.length === right.length) return left < right ? -1 : left > right ? 1 : 0;
  const leftTime = left.slice(0, leftDash);
  const rightTime = right.slice(0, rightDash);
  if (leftTime !== rightTime) return leftTime < rightTime ? -1 : 1;
  return left.length - right.length;
}

const sequenceMax = 2n ** 64n - 1n;

/** The id right before: what a group's last delivered id must be for `id` to come next. */
export function idBefore(id: string): string {
  const [time = "0", sequence = "0"] = id.split("-");
  if (sequence !== "0") return `${time}-${BigInt(sequence) - 1n}`;
  return time === "0" ? "0-0" : `${BigInt(time) - 1n}-${sequenceMax}`;
}

/** The id right behind. */
export function idBehind(id: string): string {
  const [time = "0", sequence = "0"] = id.split("-");
  const next = BigInt(sequence) + 1n;
  return next > sequenceMax ? `${BigInt(time) + 1n}-0` : `${time}-${next}`;
}
