/** Values kept for objects, out of a program's reach: also of one that replaced WeakMap's methods. */
export interface Kept<Value> {
  keep(owner: object, value: Value): void;
  of(owner: object): Value | undefined;
}

const { apply } = Reflect;
const { get, set } = WeakMap.prototype;

export function keptFor<Value>(): Kept<Value> {
  const values = new WeakMap<object, Value>();
  return {
    keep(owner, value) {
      apply(set, values, [owner, value]);
    },
    // Only `keep` puts something there.
    of: (owner) => apply(get, values, [owner]) as Value | undefined,
  };
}
