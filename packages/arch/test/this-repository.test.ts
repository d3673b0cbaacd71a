/*
 * Goal: this repository keeps its own rules.
 * Method: the check, on the sources around this file, with its manifest and its locks.
 */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCheck } from "../src/os/run-check.ts";
import { plainInk } from "../src/report/ink.ts";
import { textReport } from "../src/report/text-report.ts";

test("reprise-arch check finds no error here", async () => {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const { finished, files } = await runCheck({ root });
  const sourceText = (path: string): string | undefined => {
    const file = files.read(path);
    return file.kind === "text" ? file.text : undefined;
  };
  const told = textReport(finished.report, { ink: plainInk, sourceText });
  expect(finished.status === 0 ? "" : told).toBe("");
  expect(finished.report.stats.modules).toBeGreaterThan(500);
}, 60_000);
