/**
 * Numbers as OpenMetrics text has them. Two forms: a bucket bound has one canonical spelling, since
 * it is a label value and so part of a series' identity; a sample value only has to parse, and to
 * be recognisable as a float.
 */

/**
 * A bucket bound: Go's `strconv.FormatFloat(bound, 'g', -1, 64)`, with `.0` where that has neither
 * point nor exponent. So `0.0 0.0001 1e-05 100000.0 1e+06 1.5e+06`: exponent form below 1e-4 and
 * from 1e6 on, the exponent with a sign and two digits at least. JavaScript switches at 1e-6 and
 * 1e21, without padding. `bound` is finite.
 */
export function boundText(bound: number): string {
  // Without an argument, toExponential gives as many digits as it takes to read the value back.
  const [mantissa = "", exponent = "0"] = bound.toExponential().split("e");
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    const digits = `${Math.abs(power)}`.padStart(2, "0");
    return `${mantissa}e${power < 0 ? "-" : "+"}${digits}`;
  }
  const plain = `${bound}`;
  return plain.includes(".") ? plain : `${plain}.0`;
}

/** A float sample: with a point, an exponent, or one of `NaN`, `+Inf`, `-Inf`. -0 is `0.0`. */
export function floatText(value: number): string {
  if (Number.isInteger(value)) {
    return value > -1e21 && value < 1e21 ? `${value}.0` : `${value}`;
  }
  if (Number.isFinite(value)) return `${value}`;
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}
