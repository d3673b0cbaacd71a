/**
 * The stream bus on Redis: streams as they are, for programs that want them so; the driver beside it is
 * for everything else. Adding is confirmed by the server; reads that wait have connections of their own.
 *
 * Not supported, and worked around: as the driver (`driver.ts`).
 */
import { createStreamBus, MsgError, type StreamBus } from "@reprise/msg-core";
import { checkName, deadLetterSuffixLengthMax, resolveCredentials } from "@reprise/msg-core/driver";
import { settingsOf } from "../options.js";
import { type RedisStreamsOptions, streamLimitsOf } from "../stream-options.js";
import { openStreamsLink } from "../streams-link.js";
import { connectTo, timer } from "./driver.js";
import { loadProfile } from "./profile.js";

/**
 * Resolves when the server is there and the credentials are accepted.
 *
 * Rejects with CONTRACT_INVALID (the profile; or neither `profile` nor `fallback`), and as
 * `openRedisDriver` does.
 */
export async function openRedisStreams<Message>(
  options: RedisStreamsOptions<Message>,
): Promise<StreamBus<Message>> {
  const { profile, codec, log, deadLetterSuffix } = options;
  if (profile === undefined) return openFallback(options);
  const { start, secrets, tls, times } = options;
  const settings = settingsOf(
    {
      ...(start === undefined ? {} : { start }),
      ...(secrets === undefined ? {} : { secrets }),
      ...(tls === undefined ? {} : { tls }),
      ...(times === undefined ? {} : { times }),
    },
    loadProfile(profile),
  );
  if (deadLetterSuffix !== undefined) {
    checkName("deadLetterSuffix", deadLetterSuffix, deadLetterSuffixLengthMax);
  }
  const limits = streamLimitsOf(options.limits);
  // Asked again at each connecting; a secret that nobody has is told before there is a connection.
  await resolveCredentials(settings.profile.security ?? {}, settings.secrets);
  const connect = connectTo(settings);
  const ports = { timer, now: () => performance.now() };
  const link = await openStreamsLink({ settings, limits, connect, ports, log });
  return createStreamBus({ link, codec, log, deadLetterSuffix });
}

function openFallback<Message>({
  fallback,
  log,
}: RedisStreamsOptions<Message>): StreamBus<Message> {
  if (fallback === undefined) {
    const message = "no Redis is configured: give a profile, or a fallback to run without one";
    throw new MsgError("CONTRACT_INVALID", message);
  }
  const detail = "no Redis is configured: messages are in this process's memory, and end with it";
  log?.({ name: "embedded", detail });
  return fallback();
}
