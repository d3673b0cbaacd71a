/**
 * Ways to files. The policy has `data` to read, `out` and `.x07_rr` to read and write; hidden names,
 * links, removing, renaming, walking and globbing are not allowed. In `data` lie a link to a file
 * outside, one to a folder outside, a hidden file; in `out` a link to where nothing is yet.
 */
import fs, { readFileSync } from "node:fs";
import fsPromises, { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import process from "node:process";
import { pathToFileURL } from "node:url";
import v8 from "node:v8";

const require = createRequire(import.meta.url);
const reads = "fs.read_roots";
const writes = "fs.write_roots";
const hidden = "fs.deny_hidden";

const told = (start) =>
  new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value ?? "done")));
  });
const streamed = (stream) =>
  new Promise((resolve, reject) => {
    stream.once("error", reject).once("open", () => resolve("open"));
  });

export const attempts = [
  ["read /etc/passwd", reads, () => readFileSync("/etc/passwd", "utf8")],
  ["with a callback", reads, () => told((callback) => fs.readFile("/etc/passwd", callback))],
  ["with a promise", reads, () => readFile("/etc/passwd")],
  ["as a Buffer", reads, () => fs.readFileSync(Buffer.from("/etc/passwd"))],
  ["as a URL", reads, () => fs.readFileSync(new URL("file:///etc/passwd"))],
  [
    "as something like a URL",
    reads,
    () => fs.readFileSync({ href: "x", protocol: "file:", hostname: "", pathname: "/etc/passwd" }),
  ],
  ["by ..", reads, ({ data }) => fs.readFileSync(`${data}/../../../../../../../etc/passwd`)],
  [
    "by .. in a URL",
    reads,
    ({ data }) => fs.readFileSync(new URL(`${pathToFileURL(data)}/../secret`)),
  ],
  ["/proc/self/environ", reads, () => fs.readFileSync("/proc/self/environ")],
  ["/proc/self/root", reads, ({ secret }) => fs.readFileSync(`/proc/self/root${secret}`)],
  ["/proc/self/mem", reads, () => fs.openSync("/proc/self/mem", "r+")],
  [
    "a folder whose name begins like a root",
    reads,
    ({ data }) => fs.readFileSync(`${data}-not/file`),
  ],
  ["stat", reads, ({ secret }) => fs.statSync(secret)],
  ["exists", reads, ({ secret }) => fs.existsSync(secret)],
  ["access", reads, ({ secret }) => fsPromises.access(secret)],
  ["readdir", reads, ({ outside }) => fs.readdirSync(outside)],
  ["opendir", reads, ({ outside }) => fsPromises.opendir(outside)],
  ["realpath", reads, ({ data }) => fs.realpathSync(`${data}/link`)],
  ["realpath.native", reads, ({ data }) => fs.realpathSync.native(`${data}/link`)],
  ["readlink", reads, ({ data }) => fs.readlinkSync(`${data}/link`)],
  ["statfs", reads, () => fs.statfsSync("/etc")],
  ["watch", reads, ({ outside }) => fs.watch(outside)],
  ["watchFile", reads, ({ secret }) => fs.watchFile(secret, () => undefined)],
  ["createReadStream", reads, ({ secret }) => streamed(fs.createReadStream(secret))],
  ["a stream's own open", reads, ({ secret }) => streamed(new fs.ReadStream(secret))],
  ["openAsBlob", reads, async ({ secret }) => (await fs.openAsBlob(secret)).text()],
  ["a file handle", reads, async ({ secret }) => (await fsPromises.open(secret)).readFile()],
  ["require of JSON", reads, ({ outside }) => require(`${outside}/secret.json`)],
  ["import", reads, ({ outside }) => import(pathToFileURL(`${outside}/module.mjs`).href)],
  [
    "import of a link",
    reads,
    ({ data }) => import(pathToFileURL(`${data}/folder/module.mjs`).href),
  ],
  ["a link to a file outside", reads, ({ data }) => fs.readFileSync(`${data}/link`)],
  [
    "through a link to a folder outside",
    reads,
    ({ data }) => fs.readFileSync(`${data}/folder/secret`),
  ],
  // Without the link, which is what is asked for then, nothing is there.
  [
    "through it and back",
    "nothing",
    ({ data }) => gone(() => fs.readFileSync(`${data}/folder/../outside/secret`)),
  ],
  [
    "through it and back, by chdir",
    "nothing",
    ({ data }) => gone(() => process.chdir(`${data}/folder/../outside`)),
  ],
  ["a link, opened to write", reads, ({ data }) => fs.openSync(`${data}/link`, "r+")],
  ["a link to where nothing is", writes, ({ out }) => fs.writeFileSync(`${out}/link`, "escaped")],
  [
    "that link, with a promise",
    writes,
    ({ out }) => fsPromises.writeFile(`${out}/link`, "escaped"),
  ],
  ["that link, appended to", writes, ({ out }) => fs.appendFileSync(`${out}/link`, "escaped")],
  [
    "a copy onto that link",
    writes,
    ({ data, out }) => fs.copyFileSync(`${data}/file`, `${out}/link`),
  ],
  ["a hidden file", hidden, ({ data }) => fs.readFileSync(`${data}/.env`)],
  ["a hidden folder", hidden, ({ data }) => fs.readFileSync(`${data}/.git/config`)],
  ["a hidden file to write", hidden, ({ out }) => fs.writeFileSync(`${out}/.profile`, "escaped")],
  ["write outside", writes, ({ outside }) => fs.writeFileSync(`${outside}/escaped`, "x")],
  ["write into a read root", writes, ({ data }) => fs.writeFileSync(`${data}/escaped`, "x")],
  ["write over the program", writes, () => fs.writeFileSync(new URL(import.meta.url), "x")],
  ["append", writes, ({ secret }) => fsPromises.appendFile(secret, "x")],
  ["truncate", writes, ({ secret }) => fs.truncateSync(secret)],
  [
    "createWriteStream",
    writes,
    ({ outside }) => streamed(fs.createWriteStream(`${outside}/escaped`)),
  ],
  [
    "open to write, by numbers",
    writes,
    ({ outside }) =>
      fs.openSync(`${outside}/escaped`, fs.constants.O_WRONLY | fs.constants.O_CREAT),
  ],
  [
    "readFile that makes the file",
    writes,
    ({ data }) => fs.readFileSync(`${data}/escaped`, { flag: "a+" }),
  ],
  ["mkdir", writes, ({ outside }) => fs.mkdirSync(`${outside}/escaped`)],
  ["mkdtemp", writes, ({ outside }) => fs.mkdtempSync(`${outside}/escaped`)],
  ["chmod", writes, ({ secret }) => fs.chmodSync(secret, 0o777)],
  ["utimes", writes, ({ secret }) => fs.utimesSync(secret, 0, 0)],
  [
    "copy out",
    writes,
    ({ data, outside }) => fs.copyFileSync(`${data}/file`, `${outside}/escaped`),
  ],
  ["copy in", reads, ({ secret, out }) => fs.copyFileSync(secret, `${out}/secret`)],
  ["cp", reads, ({ outside, out }) => fs.cpSync(outside, `${out}/all`, { recursive: true })],
  ["symlink", "fs.allow_symlinks", ({ secret, out }) => fs.symlinkSync(secret, `${out}/mine`)],
  ["link", reads, ({ secret, out }) => fs.linkSync(secret, `${out}/mine`)],
  [
    "link of what may be read",
    "fs.allow_symlinks",
    ({ out }) => fs.linkSync(`${out}/kept`, `${out}/mine`),
  ],
  ["rename out", writes, ({ out, outside }) => fs.renameSync(`${out}/kept`, `${outside}/escaped`)],
  ["rename", "fs.allow_rename", ({ out }) => fs.renameSync(`${out}/kept`, `${out}/renamed`)],
  ["remove", "fs.allow_remove", ({ out }) => fs.unlinkSync(`${out}/kept`)],
  ["remove outside", writes, ({ secret }) => fs.rmSync(secret, { force: true })],
  ["walk", "fs.allow_walk", ({ data }) => fs.readdirSync(data, { recursive: true })],
  [
    "glob",
    "fs.allow_glob",
    ({ data }) => (fs.globSync === undefined ? "absent" : fs.globSync(`${data}/*`)),
  ],
  [
    "a stray descriptor",
    "nothing",
    () => {
      for (let fd = 4; fd < 64; fd++) {
        try {
          // What is open and leads to a file would be one that the launcher left open.
          if (fs.fstatSync(fd).isFile()) return fd;
        } catch {}
      }
      return "nothing";
    },
  ],
  ["chdir", reads, () => process.chdir("/etc")],
  [
    "loadEnvFile",
    reads,
    ({ outside }) =>
      process.loadEnvFile === undefined ? "absent" : process.loadEnvFile(`${outside}/secret.env`),
  ],
  ["a report", writes, ({ outside }) => process.report.writeReport(`${outside}/escaped.json`)],
  [
    "a report, by its folder",
    writes,
    ({ outside }) => {
      process.report.directory = outside;
      return process.report.writeReport("escaped.json");
    },
  ],
  ["a heap snapshot", writes, ({ outside }) => v8.writeHeapSnapshot(`${outside}/escaped.heap`)],
  [
    "an SQLite database",
    "language.allow_unsafe",
    async ({ outside }) => {
      const sqlite = process.getBuiltinModule?.("node:sqlite");
      return sqlite === undefined ? "absent" : new sqlite.DatabaseSync(`${outside}/escaped.db`);
    },
  ],
  [
    "SQLite's ATTACH",
    "language.allow_unsafe",
    async ({ outside }) => {
      const sqlite = process.getBuiltinModule?.("node:sqlite");
      if (sqlite === undefined) return "absent";
      const { DatabaseSync } = await import("node:sqlite");
      return new DatabaseSync(":memory:").exec(`ATTACH '${outside}/escaped.db' AS x`);
    },
  ],
  [
    "a trace log",
    "language.allow_unsafe",
    async () => {
      const { createTracing } = await import("node:trace_events");
      return createTracing({ categories: ["node"] }).enable();
    },
  ],
  [
    "WASI with a folder",
    "language.allow_unsafe",
    async () => {
      const { WASI } = await import("node:wasi");
      return new WASI({ version: "preview1", preopens: { "/": "/" } });
    },
  ],
];

function gone(run) {
  try {
    return run();
  } catch (error) {
    if (error.code === "ENOENT") return "nothing";
    throw error;
  }
}
