/**
 * What tests ask of the page from inside the browser: put there by the browser itself, beside the
 * page's own code, as `probe`.
 */

const shownRows = () =>
  /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".row:not([hidden])")]);

/** @param {string} color `rgb(1, 2, 3)`, `rgba(1, 2, 3, 0.5)` */
const partsOf = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);

/** Relative luminance, as WCAG 2.2 defines it. @param {string} color */
const luminance = (color) => {
  const [red = 0, green = 0, blue = 0] = partsOf(color).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** The color behind an element. @param {Element | null} element @returns {string} */
const groundOf = (element) => {
  if (element === null) return "rgb(255, 255, 255)";
  const color = getComputedStyle(element).backgroundColor;
  return partsOf(color)[3] === 0 ? groundOf(element.parentElement) : color;
};

/** @param {string} color @param {string} ground */
const contrast = (color, ground) => {
  const [one, other] = [luminance(color), luminance(ground)];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
};

/** What stands in an element itself, not in its children. @param {Element} element */
const ownText = (element) =>
  [...element.childNodes]
    .filter((node) => node.nodeType === Node.TEXT_NODE)
    .map((node) => node.textContent?.trim() ?? "")
    .join("");

/** @type {number[]} */
let gaps = [];
let isWatching = false;

const probe = {
  rowCount: () => shownRows().length,
  /** The texts of the rows, from the newest. */
  rowTexts: () =>
    shownRows()
      .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
      .map((row) => [...row.children].map((cell) => cell.textContent ?? "")),
  focused: () => document.activeElement?.id,
  ground: () => getComputedStyle(document.body).backgroundColor,
  /** Of the page and of the list: how wide what they hold is. */
  widths: () => [
    document.documentElement.scrollWidth,
    document.querySelector("#grid")?.scrollWidth,
  ],
  elementCount: () => document.querySelectorAll("*").length,
  /** Elements that a message brought, whether its script ran, whether it turned the writing. */
  harm: () => [
    document.querySelectorAll("img, body script").length,
    "hit" in window,
    document.body.textContent?.includes("\u202e"),
  ],
  /** Texts in sight whose contrast is below that of WCAG AA (4.5). */
  unclearTexts: () => {
    /** @type {{ text: string, ratio: number }[]} */
    const unclear = [];
    let measured = 0;
    /** @param {string} text @param {string} color @param {string} ground */
    const measure = (text, color, ground) => {
      measured += 1;
      const ratio = contrast(color, ground);
      if (ratio < 4.5) unclear.push({ text, ratio });
    };
    for (const element of document.body.querySelectorAll("*")) {
      if (!element.checkVisibility() || element.closest("svg") !== null) continue;
      const own = ownText(element);
      if (own !== "") measure(own, getComputedStyle(element).color, groundOf(element));
      if (element instanceof HTMLInputElement) {
        const { color } = getComputedStyle(element, "::placeholder");
        measure(element.placeholder, color, groundOf(element));
      }
    }
    return measured > 20 ? unclear : "too few texts to judge";
  },
  /** Notes the time between frames from now on. */
  watchFrames: () => {
    gaps = [];
    isWatching = true;
    let last = performance.now();
    const frame = () => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (isWatching) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  },
  /** The times, in milliseconds, the shortest first. */
  frameGaps: () => {
    isWatching = false;
    return gaps.sort((one, other) => one - other);
  },
};
Object.assign(globalThis, { probe });
