/**
 * Goal: a profile is found by its id in the contract files, and what is missing is named.
 * Method: files in a record.
 */
import { readListed, readProfileFile } from "@reprise/msg-core/driver";
import { expect, test } from "vitest";

const indexPath = "arch/msg/amqp/index.x07amqp.json";
const schemaVersion = "x07.arch.msg.amqp.index@0.1.0";
const index = {
  schema_version: schemaVersion,
  profiles: [{ id: "lab_v1", profile_path: "arch/lab.json" }],
  topologies: [{ id: "shop_v1", path: "arch/shop.json" }],
};

function files(texts: Readonly<Record<string, string>>) {
  const readText = (path: string): string => {
    const text = texts[path];
    if (text === undefined) throw new Error(`ENOENT: ${path}`);
    return text;
  };
  return { readText, indexPath, schemaVersion };
}

test("the document of the id, of either list", () => {
  const all = files({
    [indexPath]: JSON.stringify(index),
    "arch/lab.json": '{"id":"lab_v1"}',
    "arch/shop.json": '{"id":"shop_v1"}',
  });
  expect(readProfileFile(all, "lab_v1")).toEqual({ id: "lab_v1" });
  expect(readListed(all, { id: "shop_v1", list: "topologies" })).toEqual({ id: "shop_v1" });
});

test.each([
  ["no index", {}, "contract file arch/msg/amqp/index.x07amqp.json: ENOENT"],
  ["an index that is no JSON", { [indexPath]: "{" }, "contract file arch/msg/amqp/index"],
  ["another version", { [indexPath]: '{"schema_version":"x","profiles":[]}' }, "/schema_version"],
  ["no list", { [indexPath]: JSON.stringify({ schema_version: schemaVersion }) }, "profiles"],
  [
    "an id that is not listed",
    { [indexPath]: JSON.stringify({ ...index, profiles: [{ id: "other", path: "x" }] }) },
    "no entry lab_v1 in profiles; there is: other",
  ],
  ["no file", { [indexPath]: JSON.stringify(index) }, "contract file arch/lab.json: ENOENT"],
])("%s is CONTRACT_INVALID", (_, texts, message) => {
  expect(() => readProfileFile(files(texts), "lab_v1")).toThrow(
    expect.objectContaining({
      code: "CONTRACT_INVALID",
      message: expect.stringContaining(message),
    }),
  );
});
