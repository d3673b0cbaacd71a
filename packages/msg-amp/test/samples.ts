/** Messages and keys that the tests begin with, and refusals. */
import type { AmpMessage } from "@reprise/msg-amp";
import { AmpError } from "@reprise/msg-amp";
import { refusalBy } from "../../../tools/testing/refusal.ts";

export const refusal: (run: () => unknown) => AmpError = refusalBy(AmpError.is);

export const sample: AmpMessage = {
  op_id: "0b2e9f3c-52f4-4a8e-9b53-0c4d8f3a6a11",
  at: "2026-11-20T17:45:09.000120Z",
  type: "FIX.PATCH_APPLIED",
  actor: "fixer",
  causality: { root: "r-1", parent: null },
  snap_sha: "3f786850e387550fdab836ed7e6dc881de23001b",
  payload: { files: ["a.ts", "b.ts"], note: "café ✓ 😀", lines: 12 },
};

/** Its canonical text, from RFC 8785 by hand. */
export const sampleText: string =
  '{"actor":"fixer","at":"2026-11-20T17:45:09.000120Z","causality":{"parent":null,"root":"r-1"},' +
  '"op_id":"0b2e9f3c-52f4-4a8e-9b53-0c4d8f3a6a11",' +
  '"payload":{"files":["a.ts","b.ts"],"lines":12,"note":"café ✓ 😀"},' +
  '"snap_sha":"3f786850e387550fdab836ed7e6dc881de23001b","type":"FIX.PATCH_APPLIED"}';

export const secret: Uint8Array = new TextEncoder().encode("a secret shared by two languages");
export const seed: Uint8Array = Uint8Array.from({ length: 32 }, (_, index) => index);

export const without = (name: keyof AmpMessage): unknown => {
  const { [name]: _, ...rest } = sample;
  return rest;
};
