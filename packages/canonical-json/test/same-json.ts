/** Whether two values are the same JSON: kinds, numbers by `Object.is`, own keys in the same order. */

export function sameJson(left: unknown, right: unknown): boolean {
  if (typeof left !== "object" || typeof right !== "object") return Object.is(left, right);
  if (left === null || right === null) return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
  const leftMembers = Object.entries(left);
  const rightMembers = Object.entries(right);
  if (leftMembers.length !== rightMembers.length) return false;
  return leftMembers.every(([key, value], index) => {
    const member = rightMembers[index];
    return member !== undefined && member[0] === key && sameJson(value, member[1]);
  });
}
