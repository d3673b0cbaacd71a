/** One family as a parser has to read it; a sample is [name, labels, value, exemplar or nothing]. */
export const family = (name, type, samples, { help = "", unit = "" } = {}) => ({
  name,
  type,
  help,
  unit,
  samples: samples.map(([sample, labels, value, exemplar = null]) => [
    sample,
    labels,
    value,
    exemplar,
  ]),
});
