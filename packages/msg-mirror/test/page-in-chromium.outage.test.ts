/**
 * Goal: the page does what it is for, in a real browser: messages appear, filters and the pause work,
 * one message can be inspected, by mouse and by keys; a lost connection comes back; what a message
 * contains stays text; and everything can be read and named, in both themes.
 * Method: headless Chromium on a mirror with events by hand; contrast computed from what the browser
 * shows; names from its accessibility tree. Pictures go to a temporary folder that the test prints.
 */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { MirrorOptions, SignatureState } from "../src/index.js";
import { type Mirror, startMirror } from "../src/os/index.js";
import { live, openBrowser, openPage, pictureFolder, probed, rowsShown } from "./mirror-page.js";

let browser: Browser;
const open: Mirror[] = [];
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  for (const mirror of open.splice(0)) await mirror.close();
});

async function started(options?: MirrorOptions): Promise<Mirror> {
  const mirror = await startMirror(options);
  open.push(mirror);
  return mirror;
}

const text = new TextEncoder();
const states: readonly SignatureState[] = [
  "valid",
  "unsigned",
  "unknown key",
  "bad signature",
  "unchecked",
];

function amp(n: number, type: string, payload: unknown = { n }) {
  const message = { op_id: `op-${n}`, type, actor: "fixer", snap_sha: "abc", payload };
  return {
    direction: "added",
    stream: n % 2 === 0 ? "amp:even" : "amp:odd",
    id: `${n}-0`,
    message,
  } as const;
}

test("messages appear, the newest first, with every column", async () => {
  const mirror = await started({ signatureOf: () => "valid" });
  const { page, complaints, elsewhere } = await openPage(browser, mirror);
  await live(page);
  expect(await page.textContent("#empty-title")).toBe("Nothing seen yet");
  mirror.watchStreams(amp(1, "FIX.PATCH_APPLIED"));
  const envelope = {
    topic: "orders",
    key: text.encode("k-7"),
    value: text.encode("hello"),
    headers: {},
  };
  mirror.observer({ source: "billing" })({
    type: "published",
    envelope,
    receipt: { partition: 0, position: "3" },
  });
  await rowsShown(page, 2);
  const [newest, oldest] = await probed<string[][]>(page, "rowTexts()");
  expect(newest?.slice(1)).toEqual(["published", "orders", "hello", "billing", "k-7", "5 B", ""]);
  expect(oldest?.[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
  expect(oldest?.slice(1)).toEqual([
    "added",
    "amp:odd",
    "FIX.PATCH_APPLIED",
    "fixer",
    "op-1",
    "94 B",
    "✓ valid",
  ]);
  expect(await page.isVisible("#empty")).toBe(false);
  expect([complaints, elsewhere]).toEqual([[], []]);
});

test("filters, pause, clear, and what they say where nothing is left", async () => {
  const mirror = await started();
  const { page } = await openPage(browser, mirror);
  await live(page);
  for (let n = 1; n <= 6; n++) mirror.watchStreams(amp(n, n <= 3 ? "PLAN.A" : "FIX.B"));
  await rowsShown(page, 6);
  await page.fill("#type", "FIX.*");
  await rowsShown(page, 3);
  await page.fill("#stream", "amp:even");
  await rowsShown(page, 2);
  await page.fill("#find", "op-4");
  await rowsShown(page, 1);
  await page.fill("#find", "nothing");
  await page.waitForSelector("#empty-reset");
  expect(await page.textContent("#empty-title")).toBe("Nothing matches");
  await page.click("#empty-reset");
  await rowsShown(page, 6);
  await page.click("#pause");
  for (let n = 7; n <= 9; n++) mirror.watchStreams(amp(n, "FIX.C"));
  await page.getByText("6 shown, 9 kept, 3 new while paused").waitFor();
  await rowsShown(page, 6);
  await page.getByRole("button", { name: "Resume" }).click();
  await rowsShown(page, 9);
  await page.click("#clear");
  await rowsShown(page, 0);
});

test("by keys: find, move, inspect, close, pause; numbers are shown as they came", async () => {
  const mirror = await started();
  const { page } = await openPage(browser, mirror);
  await live(page);
  const json =
    '{"type":"A","actor":"b","snap_sha":"c","op_id":"op-x","big":12345678901234567890,"one":1.0}';
  mirror.watchStreams({ ...amp(1, "A"), bytes: text.encode(json) });
  for (let n = 2; n <= 4; n++) mirror.watchStreams(amp(n, "B"));
  await rowsShown(page, 4);
  await page.focus("#grid");
  for (const key of ["ArrowDown", "ArrowDown", "End", "Enter"]) await page.keyboard.press(key);
  await page.waitForSelector("#inspector:not([hidden])");
  expect(await page.textContent("#inspector-title")).toBe("A");
  const value = await page.textContent("#value");
  expect(value).toContain('"big": 12345678901234567890');
  expect(value).toContain('"one": 1.0');
  expect(await probed(page, "focused()")).toBe("inspector-title");
  mirror.watchStreams(amp(5, "B"));
  await rowsShown(page, 5);
  expect(await page.textContent('.row[aria-selected="true"] .op')).toBe("op-x");
  await page.keyboard.press("Escape");
  await page.waitForSelector("#inspector", { state: "hidden" });
  expect(await probed(page, "focused()")).toBe("grid");
  await page.keyboard.press("Space");
  expect(await page.getAttribute("#pause", "aria-pressed")).toBe("true");
  await page.keyboard.press("/");
  expect(await probed(page, "focused()")).toBe("find");
  expect(await page.inputValue("#find")).toBe("");
});

test("a hostile message stays text, everywhere", async () => {
  const mirror = await started();
  const { page, complaints, elsewhere } = await openPage(browser, mirror);
  await live(page);
  const evil =
    '<img src="http://evil.example/x" onerror="window.hit=1"><script>window.hit=1</script>\u202e';
  const message = {
    op_id: evil,
    type: evil,
    actor: evil,
    snap_sha: evil,
    payload: { [evil]: evil },
  };
  mirror.watchStreams({ direction: "added", stream: evil, id: evil, message });
  const envelope = {
    topic: evil,
    key: text.encode(evil),
    value: text.encode(evil),
    headers: { [evil]: evil },
  };
  mirror.observer({ source: evil })({
    type: "published",
    envelope,
    receipt: { partition: 0, position: evil },
  });
  mirror.observe({ type: "broker", name: evil, detail: evil });
  await rowsShown(page, 3);
  for (let row = 0; row < 3; row++) {
    await page.focus("#grid");
    for (const key of ["Home", ...Array<string>(row + 1).fill("ArrowDown"), "Enter"])
      await page.keyboard.press(key);
    await page.waitForSelector("#inspector:not([hidden])");
    expect(await page.textContent("#inspector-title")).toContain("<img");
  }
  const found = await probed(page, "harm()");
  expect(found).toEqual([0, false, false]);
  expect([complaints, elsewhere]).toEqual([[], []]);
});

test("a mirror that goes away and comes back is found again", async () => {
  const first = await started();
  const { page } = await openPage(browser, first);
  await live(page);
  first.watchStreams(amp(1, "BEFORE"));
  await rowsShown(page, 1);
  await first.close();
  await page.waitForSelector('#link[data-state="waiting"]');
  expect(await page.isVisible("#retry")).toBe(true);
  const second = await started({ port: first.port });
  await live(page);
  second.watchStreams(amp(2, "AFTER"));
  await rowsShown(page, 2);
});

test("a token: asked for, refused, taken; in the address it is hidden at once", async () => {
  const token = "a-token-of-32-letters-0123456789";
  const mirror = await started({ token });
  const { page } = await openPage(browser, mirror);
  await page.waitForSelector("#token-form:not([hidden])");
  await page.fill("#token", "this-is-not-the-token");
  await page.keyboard.press("Enter");
  await page.getByText("refused that token").waitFor();
  await page.fill("#token", token);
  await page.keyboard.press("Enter");
  await live(page);
  await page.reload();
  await live(page);
  const other = await openPage(browser, mirror, { behind: `?streams=amp:even#token=${token}` });
  await live(other.page);
  expect(other.page.url()).toBe(`${mirror.url}?streams=amp:even`);
  for (let n = 1; n <= 4; n++) mirror.watchStreams(amp(n, "T"));
  await rowsShown(other.page, 2);
});

test.each(["light", "dark"] as const)(
  "%s: every text can be read, every control has a name",
  async (theme) => {
    let turn = 0;
    const mirror = await started({ signatureOf: () => states[turn++ % states.length] ?? "valid" });
    const { page } = await openPage(browser, mirror, { theme });
    await live(page);
    const folder = await pictureFolder();
    expect(await probed(page, "unclearTexts()")).toEqual([]);
    await page.screenshot({ path: join(folder, `${theme}-empty.png`) });
    for (let n = 0; n < 40; n++)
      mirror.watchStreams(amp(n, ["PLAN.DRAFTED", "FIX.DONE", "VERIFY.OK"][n % 3] ?? ""));
    const envelope = {
      topic: "orders",
      key: text.encode("k"),
      value: text.encode('{"a":null}'),
      headers: { h: "v" },
    };
    const delivery = { envelope, partition: 0, position: "1", attempt: 1, redelivered: false };
    for (const outcome of ["retry", "reject", "ack"] as const) {
      mirror.observe({ type: "settled", delivery, outcome, reason: "why", latencyTicks: 5 });
    }
    mirror.observe({ type: "broker", name: "rebalanced", detail: "generation 2" });
    await page.getByText("44 shown").waitFor();
    expect(await probed(page, "unclearTexts()")).toEqual([]);
    await page.screenshot({ path: join(folder, `${theme}-live.png`) });
    await page.focus("#grid");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "Enter"])
      await page.keyboard.press(key);
    await page.waitForSelector("#inspector:not([hidden])");
    await page.fill("#type", "");
    await page.click("#pause");
    expect(await probed(page, "unclearTexts()")).toEqual([]);
    await page.screenshot({ path: join(folder, `${theme}-inspect.png`) });
    expect(await namelessControls(page)).toEqual([]);
    console.info(`pictures: ${folder}`);
  },
);

test("the toggle goes through the themes, and is remembered", async () => {
  const mirror = await started();
  const { page } = await openPage(browser, mirror, { theme: "dark" });
  const ground = () => probed<string>(page, "ground()");
  const dark = await ground();
  await page.getByRole("button", { name: "Theme: auto" }).click();
  const light = await ground();
  expect(light).not.toBe(dark);
  await page.reload();
  expect(await ground()).toBe(light);
  await page.getByRole("button", { name: "Theme: light" }).click();
  expect(await ground()).toBe(dark);
});

test("on a narrow screen nothing is wider than it, and the inspector takes the place of the list", async () => {
  const mirror = await started();
  const { page } = await openPage(browser, mirror, { width: 360 });
  await live(page);
  for (let n = 0; n < 10; n++)
    mirror.watchStreams(amp(n, "A.TYPE.WITH_A_LONG_NAME.THAT_GOES.ON_AND_ON"));
  await page.getByText("10 shown").waitFor();
  const width = () => probed<number[]>(page, "widths()");
  expect(await width()).toEqual([360, 360]);
  await page.locator(".row").nth(3).click();
  await page.waitForSelector("#inspector:not([hidden])");
  expect(await page.isVisible("#grid")).toBe(false);
  expect((await width())[0]).toBe(360);
  await page.click("#inspector-close");
  expect(await page.isVisible("#grid")).toBe(true);
});

/** What the keys can reach and the browser's accessibility tree has no name for. */
async function namelessControls(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const controls = nodes.filter(
    ({ ignored, role, properties = [] }) =>
      !ignored &&
      role?.value !== "RootWebArea" &&
      properties.some(({ name, value }) => name === "focusable" && value.value === true),
  );
  expect(controls.length).toBeGreaterThan(8);
  return controls
    .filter(({ name }) => typeof name?.value !== "string" || name.value.trim() === "")
    .map(({ role }) => String(role?.value));
}
