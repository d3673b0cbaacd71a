/** The page in a real Chromium, headless: opened on a mirror, watched for errors and for requests to elsewhere. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Mirror } from "../src/os/index.js";

const probeFile = fileURLToPath(new URL("page-probe.js", import.meta.url));

const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-precise-memory-info",
];

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args });
}

export interface OpenPage {
  readonly page: Page;
  /** What the page, or the browser about it, complained of. */
  readonly complaints: readonly string[];
  /** Addresses that are not the mirror's. */
  readonly elsewhere: readonly string[];
}

export interface PageOptions {
  readonly behind?: string;
  readonly theme?: "light" | "dark";
  readonly width?: number;
}

/** Resolves when the page is loaded; `behind` is what follows the mirror's address. */
export async function openPage(
  browser: Browser,
  mirror: Mirror,
  { behind = "", theme = "light", width = 1280 }: PageOptions = {},
): Promise<OpenPage> {
  const page = await browser.newPage({ viewport: { width, height: 760 }, colorScheme: theme });
  page.setDefaultTimeout(30_000);
  await page.addInitScript({ path: probeFile });
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(mirror.url)) elsewhere.push(request.url());
  });
  await page.goto(mirror.url + behind);
  return { page, complaints, elsewhere };
}

/** Resolves when the connection is up. */
export async function live(page: Page): Promise<void> {
  await page.waitForSelector('#link[data-state="live"]');
}

/** A new folder outside the repository, for pictures to be looked at. */
export function pictureFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "reprise-mirror-"));
}

/** Asks what test/page-probe.js can tell: `probe.rowTexts()`. */
export function probed<Answer>(page: Page, question: string): Promise<Answer> {
  return page.evaluate<Answer>(`probe.${question}`);
}

/** Resolves when so many rows are in sight. */
export async function rowsShown(page: Page, count: number): Promise<void> {
  // A function, not a text: the page's policy lets nobody evaluate one, the browser's tools included.
  await page.waitForFunction((wanted) => {
    // Put there by page-probe.js.
    const { probe } = globalThis as unknown as { probe: { rowCount(): number } };
    return probe.rowCount() === wanted;
  }, count);
}
