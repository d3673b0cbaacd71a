/**
 * Goal: credentials come by id, and no error ever holds one.
 * Method: resolvers that know, do not know, and fail.
 */
import { resolveCredentials } from "@reprise/msg-core/driver";
import { expect, test } from "vitest";

const ids = { username_secret_id: "kafka-user", password_secret_id: "kafka-password" };

test("a profile that names no secret has no credentials", async () => {
  expect(await resolveCredentials({}, () => "x")).toBeUndefined();
});

test("each id is resolved, by a value or a promise", async () => {
  const resolve = (id: string) => (id === "kafka-user" ? "ada" : Promise.resolve("pw"));
  expect(await resolveCredentials(ids, resolve)).toEqual({ username: "ada", password: "pw" });
  const onlyPassword = { password_secret_id: "kafka-password" };
  expect(await resolveCredentials(onlyPassword, resolve)).toEqual({ username: "", password: "pw" });
});

test.each([
  ["no resolver", undefined, "the profile names the secret kafka-user: pass `secrets`"],
  ["an unknown id", () => undefined, "the resolver has no secret kafka-user"],
  ["an empty secret", () => "", "the resolver has no secret kafka-user"],
  [
    "a resolver that fails",
    () => Promise.reject(new Error("vault is sealed")),
    "the resolver failed on the secret kafka-user",
  ],
])("%s is SECRET_MISSING", async (_, resolve, message) => {
  await expect(resolveCredentials(ids, resolve)).rejects.toMatchObject({
    code: "SECRET_MISSING",
    message,
  });
});
