/**
 * Which messages a client wants: by stream and by type.
 *
 * A pattern is a name, or the beginning of names with `*` at its end; `*` alone is all. A star
 * elsewhere is an ordinary character. A list that is left out asks for all, an empty one for none. A
 * message that has no type is in no list of types.
 */

export interface SubscriptionRequest {
  readonly streams?: readonly string[];
  readonly types?: readonly string[];
}

export interface Subscription {
  readonly streams: readonly string[] | undefined;
  readonly types: readonly string[] | undefined;
  matches(stream: string, type: string | undefined): boolean;
}

/** Patterns of one list, and characters of one pattern. */
export const patternsMax: number = 64;
export const patternLengthMax: number = 256;

export const everything: Subscription = createSubscription({});

/** The caller has checked the limits. */
export function createSubscription({ streams, types }: SubscriptionRequest): Subscription {
  const hasStream = streams === undefined ? undefined : matcher(streams);
  const hasType = types === undefined ? undefined : matcher(types);
  return {
    streams,
    types,
    matches(stream, type) {
      if (hasStream !== undefined && !hasStream(stream)) return false;
      return hasType === undefined || (type !== undefined && hasType(type));
    },
  };
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const names = new Set(patterns.filter((pattern) => !pattern.endsWith("*")));
  const beginnings = patterns
    .filter((pattern) => pattern.endsWith("*"))
    .map((pattern) => pattern.slice(0, -1));
  return (name) => names.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
}
