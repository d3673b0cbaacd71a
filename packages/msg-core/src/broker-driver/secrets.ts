/**
 * Credentials: a profile names a secret by id, and a resolver knows it. Neither the profile nor a
 * cassette ever holds one; an error names the id and never the value.
 */
import { MsgError } from "../errors.js";

/** The secret of that id; undefined where there is none. */
export type SecretResolver = (id: string) => string | undefined | Promise<string | undefined>;

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface SecretIds {
  readonly username_secret_id?: string | undefined;
  readonly password_secret_id?: string | undefined;
}

/** undefined where the profile names none. Rejects with SECRET_MISSING. */
export async function resolveCredentials(
  { username_secret_id: usernameId, password_secret_id: passwordId }: SecretIds,
  resolve: SecretResolver | undefined,
): Promise<Credentials | undefined> {
  if (usernameId === undefined && passwordId === undefined) return undefined;
  return {
    username: usernameId === undefined ? "" : await secretOf(usernameId, resolve),
    password: passwordId === undefined ? "" : await secretOf(passwordId, resolve),
  };
}

async function secretOf(id: string, resolve: SecretResolver | undefined): Promise<string> {
  if (resolve === undefined) {
    throw new MsgError("SECRET_MISSING", `the profile names the secret ${id}: pass \`secrets\``);
  }
  let secret: string | undefined;
  try {
    secret = await resolve(id);
  } catch (cause) {
    throw new MsgError("SECRET_MISSING", `the resolver failed on the secret ${id}`, { cause });
  }
  if (secret !== undefined && secret !== "") return secret;
  throw new MsgError("SECRET_MISSING", `the resolver has no secret ${id}`);
}
