/** Where a process listens, as the kernel says (Linux). */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const listening = "0A";

/** `127.0.0.1:6379`, `[::1]:6379`; an IPv4 address in IPv6 clothes as the IPv4 address that it is. */
export function listeningAddresses(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  const sockets = new Set(
    readdirSync(folder).flatMap((file) => {
      try {
        return [readlinkSync(`${folder}/${file}`)];
      } catch {
        return [];
      }
    }),
  );
  return ["/proc/net/tcp", "/proc/net/tcp6"]
    .flatMap((table) => readFileSync(table, "latin1").split("\n"))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listening && sockets.has(`socket:[${fields[9]}]`))
    .map((fields) => address(fields[1] ?? ""));
}

/** `0100007F:18EB`: 32-bit words, each with its bytes in the order of this machine. */
function address(text: string): string {
  const [words = "", port = ""] = text.split(":");
  const number = Number.parseInt(port, 16);
  const mapped = words.startsWith("0000000000000000FFFF0000");
  if (words.length !== 8 && !mapped) return `[${words}]:${number}`;
  const bytes = words.slice(-8).match(/../g) ?? [];
  return `${bytes
    .map((byte) => Number.parseInt(byte, 16))
    .reverse()
    .join(".")}:${number}`;
}
