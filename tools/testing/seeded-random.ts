/** A repeatable source of 32-bit numbers: xorshift128 (Marsaglia 2003), state from one seed. */

export function seededRandom(seed: number): () => number {
  let [x, y, z, w] = [seed >>> 0, 0x9e3779b9, 0x243f6a88, 0xb7e15162];
  return () => {
    const mixed = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = (w ^ (w >>> 19) ^ mixed ^ (mixed >>> 8)) >>> 0;
    return w;
  };
}
