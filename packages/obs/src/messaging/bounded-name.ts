/** Keeps a label's values few: of what comes as a name, short ones, and so many different ones. */

const form = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
const namesMax = 100;

/** The name itself, if it has the form of one and there is room for it; `other` otherwise. */
export function boundedName(other: string): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.has(name)) return name;
    if (known.size >= namesMax || typeof name !== "string" || !form.test(name)) return other;
    known.add(name);
    return name;
  };
}
