/**
 * Goal: a thousand messages a second stay smooth and bounded in memory, for the page and for the one
 * who looks at it.
 * Method: headless Chromium on a mirror that sees 1,000 messages of 600 bytes in every second, for
 * ten seconds; the times between the browser's frames, the heap after collections at its middle and
 * end, the number of elements. The bounds are wide, for a machine that has other things to do; the
 * figures are printed.
 */
import { setInterval } from "node:timers";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Mirror, startMirror } from "../src/os/index.js";
import { live, openBrowser, openPage, probed } from "./mirror-page.js";

let browser: Browser;
let mirror: Mirror;
beforeAll(async () => {
  browser = await openBrowser();
  mirror = await startMirror();
});
afterAll(async () => {
  await browser.close();
  await mirror.close();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

const text = new TextEncoder();
const payload = { note: "x".repeat(480) };

function show(n: number): void {
  const message = {
    op_id: `op-${n}`,
    type: `TYPE.${n % 7}`,
    actor: `agent-${n % 5}`,
    snap_sha: "abc",
    payload,
  };
  const bytes = text.encode(JSON.stringify(message));
  mirror.watchStreams({
    direction: "added",
    stream: `amp:agent-${n % 5}:in`,
    id: `${n}-0`,
    message,
    bytes,
  });
}

/** Shows what is due by the clock, ten times in every 100 ms; resolves when `count` were shown. */
function showAtRate({
  from,
  count,
  perSecond,
}: Record<"from" | "count" | "perSecond", number>): Promise<void> {
  const begin = performance.now();
  let shown = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(count, Math.floor(((performance.now() - begin) * perSecond) / 1000));
      for (; shown < due; shown++) show(from + shown);
      if (shown < count) return;
      clearInterval(timer);
      resolve();
    }, 10);
  });
}

async function heapMiB(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize / 2 ** 20;
}

test("a thousand a second, for ten seconds, with a filter and the inspector in between", async () => {
  const { page, complaints } = await openPage(browser, mirror);
  await live(page);
  await probed(page, "watchFrames()");
  await showAtRate({ from: 0, count: 5000, perSecond: 1000 });
  await page.getByText("5,000", { exact: true }).waitFor();
  const middle = await heapMiB(page);
  const elements = await probed<number>(page, "elementCount()");
  await page.fill("#find", "agent-3");
  const running = showAtRate({ from: 5000, count: 5000, perSecond: 1000 });
  await page.focus("#grid");
  for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  await running;
  await page.getByText("10,000", { exact: true }).waitFor();
  const gaps = await probed<number[]>(page, "frameGaps()");
  const end = await heapMiB(page);
  const at = (share: number) => Math.round(gaps[Math.floor((gaps.length - 1) * share)] ?? 0);
  console.info(
    `frames ${gaps.length}; between them, ms: median ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, most ${at(1)}; ` +
      `heap MiB: ${middle.toFixed(1)} after 5,000, ${end.toFixed(1)} after 10,000; elements ${elements}`,
  );
  expect(complaints).toEqual([]);
  expect(mirror.missed).toBe(0);
  expect(await page.textContent("#kept")).toMatch(/ 2,000 kept$/);
  expect(await page.isVisible("#inspector")).toBe(true);
  expect(elements).toBeLessThan(1000);
  expect(at(0.5)).toBeLessThan(100);
  expect(at(1)).toBeLessThan(2000);
  expect(end).toBeLessThan(middle + 20);
  expect(end).toBeLessThan(80);
});

test("while the page is hidden or paused it is bounded too, and shows the last when it is back", async () => {
  const { page } = await openPage(browser, mirror);
  await live(page);
  await page.click("#pause");
  await showAtRate({ from: 0, count: 6000, perSecond: 4000 });
  await page.getByText("0 shown, 2,000 kept, 6,000 new while paused").waitFor();
  expect(await heapMiB(page)).toBeLessThan(80);
  await page.click("#pause");
  await page.getByText("2,000 shown, 2,000 kept").waitFor();
  const rows = await probed<string[][]>(page, "rowTexts()");
  expect(rows[0]?.[5]).toBe("op-5999");
});
