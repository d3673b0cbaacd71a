/** The rate of the last minute: a number, and a bar for each second. */

const seconds = 60;
const width = 120;
const height = 24;

/** @param {{ path: Element, label: Element }} parts */
export function createRateChart({ path, label }) {
  /** @type {number[]} */
  const counts = Array.from({ length: seconds }, () => 0);
  let last = 0;

  return {
    /** Once a second. @param {number} seen all that came so far */
    tick(seen) {
      counts.push(seen - last);
      counts.shift();
      label.textContent = String(seen - last);
      last = seen;
      path.setAttribute("d", bars(counts));
    },
  };
}

/** @param {number[]} counts */
function bars(counts) {
  const most = Math.max(1, ...counts);
  const step = width / seconds;
  return counts
    .map((count, index) => {
      if (count === 0) return "";
      const tall = Math.max(1, (count / most) * height);
      return `M${index * step} ${height}v${-tall.toFixed(1)}h${step - 0.6}V${height}z`;
    })
    .join("");
}
