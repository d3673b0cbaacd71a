/** Numbers as a person reads them. The same number gives the same text everywhere. */

/** Microseconds as `850us`, `12.3ms`, `1.20s`: without a space, so that it is one word. */
export function shownTicks(microseconds: number): string {
  if (microseconds < 1000) return `${microseconds}us`;
  if (microseconds < 999_950) return `${(microseconds / 1000).toFixed(1)}ms`;
  return `${(microseconds / 1_000_000).toFixed(2)}s`;
}

/** Bytes as `87 bytes`, `1.2 KiB`, `3.4 MiB`. */
export function shownBytes(bytes: number): string {
  if (bytes < 1024) return counted(bytes, "byte");
  if (bytes < 2 ** 20) return `${(bytes / 1024).toFixed(1)} KiB`;
  if (bytes < 2 ** 30) return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** `1 byte`, `2 bytes`, `200,000 bytes`. */
export function counted(count: number, singular: string, plural: string = `${singular}s`): string {
  return `${grouped(count)} ${count === 1 ? singular : plural}`;
}

/** With a comma between thousands. */
export function grouped(count: number | bigint): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
