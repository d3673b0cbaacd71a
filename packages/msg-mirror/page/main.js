/**
 * Puts the page together. Messages go into the journal as they come; the screen is drawn at most once
 * a frame, however many came in between, and not at all while the page is hidden.
 *
 * The address may say `?streams=amp:*&types=FIX.*` (the mirror then sends nothing else) and
 * `#token=...`, which a browser never sends to anybody, and which is taken out of the address at once.
 */
import { Connection } from "./connection.js";
import { createFilter, patternsOf } from "./filter.js";
import { Grid } from "./grid.js";
import { createInspector } from "./inspector.js";
import { createJournal } from "./journal.js";
import { createRateChart } from "./rate-chart.js";
import { countText } from "./wording.js";

/** @param {string} id */
const find = (id) => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no ${id}`);
  return element;
};
/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (find(id));
/** @param {string} id @param {string} text */
const write = (id, text) => {
  const element = find(id);
  if (element.textContent !== text) element.textContent = text;
};
/** @param {string} text */
const say = (text) => write("said", text);

const journal = createJournal();
let isDue = false;

const draw = () => {
  isDue = false;
  grid.draw();
  const { view, isPaused, isFiltered, held } = journal;
  write("seen", countText(journal.seen));
  const kept = `${countText(view.length)} shown, ${countText(journal.kept)} kept`;
  write("kept", isPaused ? `${kept}, ${countText(held)} new while paused` : kept);
  find("newest").hidden = !grid.hasNewer;
  find("empty").hidden = view.length > 0;
  if (view.length > 0) return;
  const isLost = isFiltered && journal.kept > 0;
  write("empty-title", isLost ? "Nothing matches" : "Nothing seen yet");
  write("empty-text", isLost ? lostText() : newText);
  find("empty-code").hidden = isLost;
  find("empty-reset").hidden = !isLost;
};
const newText = find("empty-text").textContent ?? "";
const lostText = () =>
  `None of the ${countText(journal.kept)} messages kept matches the filters. New ones are still looked at.`;

const redraw = () => {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(draw);
};

const inspector = createInspector({
  find,
  say,
  onClose: () => {
    grid.unmark();
    find("grid").focus();
  },
});
const grid = new Grid({
  grid: find("grid"),
  head: find("head"),
  rows: find("rows"),
  journal,
  onOpen: ({ frame }) => {
    if (frame.frame !== "gap") inspector.show(frame);
  },
  onChange: redraw,
});
const chart = createRateChart({ path: find("chart-path"), label: find("rate") });
setInterval(() => chart.tick(journal.seen), 1000);

// Filters
/** @type {Record<string, Set<string>>} */
const known = { streams: new Set(), types: new Set() };
const suggestionsMax = 200;

/** @param {string} list @param {string | undefined} name */
const suggest = (list, name) => {
  const names = known[list];
  if (!names || !name || names.has(name) || names.size >= suggestionsMax) return;
  names.add(name);
  const option = document.createElement("option");
  option.value = name;
  find(list).append(option);
};

const refilter = () => {
  const wanted = {
    find: input("find").value,
    stream: input("stream").value,
    type: input("type").value,
  };
  for (const [id, text] of Object.entries(wanted)) {
    find(id)
      .closest(".field")
      ?.classList.toggle("set", text.trim() !== "");
  }
  journal.filterBy(createFilter(wanted));
  redraw();
};
find("filters").addEventListener("input", refilter);
find("filters").addEventListener("submit", (event) => event.preventDefault());
find("empty-reset").addEventListener("click", () => {
  for (const id of ["find", "stream", "type"]) input(id).value = "";
  refilter();
  find("grid").focus();
});

// Pause, clear, newest
const togglePause = () => {
  if (journal.isPaused) journal.resume();
  else journal.pause();
  const { isPaused } = journal;
  find("pause").setAttribute("aria-pressed", String(isPaused));
  write("pause", isPaused ? "Resume" : "Pause");
  say(isPaused ? "Paused" : "Running");
  redraw();
};
find("pause").addEventListener("click", togglePause);
find("clear").addEventListener("click", () => {
  journal.clear();
  inspector.close();
  say("Cleared");
  redraw();
});
find("newest").addEventListener("click", () => {
  inspector.close();
  grid.release();
  find("grid").focus();
});
find("grid").addEventListener("keydown", (event) => {
  if (event.key === " ") togglePause();
  else if (event.key === "/") find("find").focus();
  else if (event.key === "Escape") inspector.close();
  else return;
  event.preventDefault();
});

// Theme
const themes = ["auto", "light", "dark"];
/** @param {string} theme */
const wear = (theme) => {
  const button = find("theme");
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  button.textContent = `◐ ${theme.charAt(0).toUpperCase()}${theme.slice(1)}`;
  button.setAttribute("aria-label", `Theme: ${theme}`);
  button.title = `Theme: ${theme}`;
};
const worn = () => document.documentElement.dataset.theme ?? "auto";
wear(themes.find((theme) => theme === remembered(localStorage, "theme")) ?? "auto");
find("theme").addEventListener("click", () => {
  const next = themes[(themes.indexOf(worn()) + 1) % themes.length] ?? "auto";
  wear(next);
  remember(localStorage, "theme", next);
});

// Connection
const address = new URL(location.href);
const given = new URLSearchParams(address.hash.slice(1)).get("token");
if (given !== null) {
  remember(sessionStorage, "token", given);
  history.replaceState(null, "", address.pathname + address.search);
}
let token = given ?? remembered(sessionStorage, "token") ?? "";
const streams = patternsOf(address.searchParams.get("streams") ?? "");
const types = patternsOf(address.searchParams.get("types") ?? "");

const words = {
  connecting: "Connecting",
  live: "Live",
  waiting: "Disconnected",
  ended: "Token wanted",
};
let isBack = false;
const connection = new Connection({
  url: `${address.protocol === "https:" ? "wss:" : "ws:"}//${address.host}/ws`,
  token: () => token,
  subscription:
    streams || types ? { ...(streams && { streams }), ...(types && { types }) } : undefined,
  onFrame: (frame, length) => {
    if (frame.frame === "beat") showMissed(frame.missed);
    if (frame.frame !== "message" && frame.frame !== "broker" && frame.frame !== "gap") return;
    if (frame.frame === "message") {
      suggest("streams", frame.stream);
      suggest("types", frame.amp?.type);
    }
    journal.add(frame, length);
    redraw();
  },
  onState: ({ state, reason, seconds, problem }) => {
    find("link").dataset.state = state;
    const wait = seconds === undefined ? "" : `, again in ${Math.ceil(seconds)} s`;
    const why = reason ? ` (${reason})` : "";
    const filtered =
      state === "live" && (streams || types)
        ? `: ${[...(streams ?? []), ...(types ?? [])].join(", ")}`
        : "";
    // While it tries again and again, only the first end is news.
    write("link-text", words[state] + why + wait + filtered);
    find("retry").hidden = state !== "waiting";
    find("token-form").hidden = state !== "ended";
    if (state === "ended") {
      write("token-problem", problem ?? "");
      find("token").focus();
    }
    if (state === "live" && isBack) say("Connected again");
    if (state === "live") isBack = true;
  },
});

/** @param {number} missed */
const showMissed = (missed) => {
  find("missed-meter").hidden = missed === 0;
  write("missed", countText(missed));
};

find("retry").addEventListener("click", () => connection.retry());
find("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  token = input("token").value.trim();
  input("token").value = "";
  remember(sessionStorage, "token", token);
  connection.retry();
});
connection.retry();
redraw();

/** @param {Storage} storage @param {string} name */
function remembered(storage, name) {
  try {
    return storage.getItem(`reprise-mirror-${name}`);
  } catch {
    return null;
  }
}

/** @param {Storage} storage @param {string} name @param {string} value */
function remember(storage, name, value) {
  try {
    storage.setItem(`reprise-mirror-${name}`, value);
  } catch {
    // Storage is switched off: it holds until the page is left.
  }
}
