/**
 * What the language itself has that differs from run to run or from machine to machine.
 *
 * A date is local where no zone is named: its getters, its setters, what it prints, and what it reads
 * from fields or from a text without a zone. `Date.UTC` and the `getUTC...` family are not here.
 */
import type { AmbientCall } from "./ambient-call.js";
import type { Capability } from "./capability.js";

type Rest = Pick<AmbientCall, "counts" | "instead"> & Partial<AmbientCall>;

const row = (capability: Capability, rest: Rest) => {
  return (name: string): AmbientCall => ({ atRunTime: "unseen", ...rest, name, capability });
};

const clock = "take `now` as an argument, or a clock of type `() => number`";
const zone = "name the zone: `Z` in a text, `Date.UTC(...)`, `getUTC...`, or `timeZone`";
const locale = "name the locale, from an argument or a constant";
const named = "name the member, in the code";

export const languageCalls: readonly AmbientCall[] = [
  ...["Date.now", "Temporal.Now"].map(
    row("clock", { counts: "any", instead: clock, atRunTime: "answered" }),
  ),
  ...["Date()", "new Date()"].map(
    row("clock", { counts: "form", instead: clock, atRunTime: "answered" }),
  ),
  ...["Date"].map(
    row("clock", {
      counts: "call",
      instead: "hand on a function that makes what is needed",
      atRunTime: "answered",
    }),
  ),
  ...["new Date(year, month)", "new Date(text)"].map(
    row("locale", { counts: "form", instead: zone }),
  ),
  row("locale", { counts: "call", instead: zone })("Date.parse"),

  row("randomness", {
    counts: "any",
    instead: "take the drawn value as an argument, or a seeded generator",
    atRunTime: "answered",
  })("Math.random"),
  row("randomness", { counts: "part", instead: named })("Math"),

  row("locale", { counts: "part", instead: named })("Intl"),
  row("clock", { counts: "part", instead: named })("Temporal"),
  row("threads", { counts: "part", instead: named })("Atomics"),
  row("timer", { counts: "part", instead: named })("AbortSignal"),
  row("memory", { counts: "part", instead: named })("Buffer"),
  row("environment", { counts: "part", instead: named })("import.meta"),
  row("code", { counts: "part", instead: named })("module"),
  ...["globalThis", "window", "self", "global"].map(
    row("globals", { counts: "part", instead: named }),
  ),

  ...[
    "Collator",
    "DisplayNames",
    "DurationFormat",
    "ListFormat",
    "NumberFormat",
    "PluralRules",
    "RelativeTimeFormat",
    "Segmenter",
  ].map((name) => row("locale", { counts: "call", instead: locale, locale: 0 })(`Intl.${name}`)),
  row("locale", { counts: "call", instead: `${locale}; ${zone}`, locale: 0, timeZone: 1 })(
    "Intl.DateTimeFormat",
  ),
  ...[".toLocaleString", ".toLocaleUpperCase", ".toLocaleLowerCase"].map(
    row("locale", { counts: "method", instead: locale, locale: 0 }),
  ),
  ...[".toLocaleDateString", ".toLocaleTimeString"].map(
    row("locale", { counts: "method", instead: `${locale}; ${zone}`, locale: 0, timeZone: 1 }),
  ),
  row("locale", { counts: "method", instead: `${locale}, or compare with <`, locale: 1 })(
    ".localeCompare",
  ),
  ...["Date", "Day", "FullYear", "Hours", "Minutes", "Month", "Seconds", "Year"].map((field) =>
    row("locale", { counts: "method", instead: zone })(`.get${field}`),
  ),
  ...["Date", "FullYear", "Hours", "Minutes", "Month", "Seconds", "Year"].map((field) =>
    row("locale", { counts: "method", instead: zone })(`.set${field}`),
  ),
  ...[".getTimezoneOffset", ".toDateString", ".toTimeString"].map(
    row("locale", { counts: "method", instead: zone }),
  ),
  // Of a Date alone: everything has this method.
  row("locale", { counts: "form", instead: "toISOString" })(".toString"),

  ...["WeakRef", "FinalizationRegistry"].map(
    row("memory", {
      counts: "call",
      instead: "let the owner say when it is done",
      atRunTime: "refused",
    }),
  ),
  ...["Atomics.wait", "Atomics.waitAsync", "Atomics.pause"].map(
    row("threads", { counts: "any", instead: "wait in an OS world", atRunTime: "refused" }),
  ),

  // Nobody can stand before `eval` without taking the local variables from it.
  row("code", { counts: "any", instead: "write the code" })("eval"),
  row("code", { counts: "call", instead: "write the function", atRunTime: "refused" })("Function"),
  row("code", { counts: "form", instead: "name the module in the code" })("import()"),
  row("code", { counts: "call", instead: "name the module in the code" })("require"),
  ...[
    "import.meta.env",
    "import.meta.url",
    "import.meta.dirname",
    "import.meta.filename",
    "import.meta.main",
    "import.meta.resolve",
  ].map(row("environment", { counts: "any", instead: "take the value as an argument" })),
];
