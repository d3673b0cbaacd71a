/** What logs and spans may show: what the session's sanitizer lets into a cassette. */
import type { Session } from "@reprise/msg-rr";
import type { Redact } from "@reprise/obs";

/** Throws SECRET_FOUND for a text that holds a secret, which is then shown as redacted. */
export function redactionOf({ sanitizer }: Session): Redact {
  return (text, pointer) => {
    sanitizer?.inspectText(text, pointer);
    return text;
  };
}
