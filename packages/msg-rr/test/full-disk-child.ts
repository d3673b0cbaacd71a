/**
 * Appends entries of 3,000 bytes to the cassette `full` below the folder that is its argument, until
 * one fails; then a small one. Says on stdout what failed, and how many entries were taken.
 */
import { MsgError } from "@reprise/msg-core";
import { openSession } from "@reprise/msg-rr";
import { openCassetteFile } from "@reprise/msg-rr/os";
import { minimalEntry, samplePolicy } from "./entry-samples.ts";

const [root = ""] = process.argv.slice(2);
const store = openCassetteFile(root, "full");
const session = openSession({ policy: samplePolicy, mode: "record", store });
const codes: string[] = [];
let entries = 0;
for (let count = 0; count < 20 && codes.length === 0; count++) {
  try {
    session.append({ ...minimalEntry, req: new Uint8Array(3000) });
    entries += 1;
  } catch (error) {
    if (!MsgError.is(error)) throw error;
    codes.push(error.code);
  }
}
session.append(minimalEntry);
session.close();
process.stdout.write(JSON.stringify({ codes, entries: entries + 1 }));
