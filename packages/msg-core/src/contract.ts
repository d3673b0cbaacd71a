/** Contract documents: their fields are checked by a schema, and what is wrong is said by JSON Pointer. */
import type { JsonValue } from "@reprise/canonical-json";
import * as v from "valibot";
import { MsgError } from "./errors.js";

/** `document` as `schema` describes it. Throws CONTRACT_INVALID; `name` says which document. */
export function readContract<Schema extends v.GenericSchema>(
  schema: Schema,
  document: JsonValue,
  name: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, document);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const pointer = pointerOf(issue.path ?? []);
  const message = `${name}: ${pointer || "the root"}: ${issue.message}`;
  throw new MsgError("CONTRACT_INVALID", message, { pointer });
}

function pointerOf(path: readonly { readonly key: unknown }[]): string {
  return path
    .map(({ key }) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}
