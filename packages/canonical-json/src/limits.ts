/** The named maxima. A value or a text beyond one is refused; nothing is cut short. */

/**
 * How many arrays and objects may stand inside one another, the root included: 512.
 * Writing and reading recurse once per level, so this is what keeps the stack bounded.
 */
export const depthMax: number = 512;

/**
 * How many values `canonicalize` writes, elements and members at every level: 4,194,304.
 *
 * A value can be far larger than the memory it stands in: `a = [b, b]`, `b = [c, c]`, ... doubles at
 * each level, and 60 levels would never end. With this many short members the process peaks at
 * about 0.5 GB while the text is made (measured), well within the heap that Node has by default.
 */
export const valuesMax: number = 4_194_304;

/**
 * How many characters (UTF-16 units) strings and keys may have, all together, each as often as it is
 * written: 67,108,864. Even if every one of them becomes an escape of six, the text still is one that
 * an engine can hold: where it is not, some throw, and some end the process.
 */
export const charactersMax: number = 67_108_864;
