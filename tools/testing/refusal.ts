/** Runs what must be refused and gives back the refusal, so that a test can look at all of it. */

/** `isRefusal` recognises a package's own error; any other error is thrown on. */
export function refusalBy<Refusal>(
  isRefusal: (error: unknown) => error is Refusal,
): (run: () => unknown) => Refusal {
  return (run) => {
    let value: unknown;
    try {
      value = run();
    } catch (error) {
      if (isRefusal(error)) return error;
      throw error;
    }
    throw new Error(`expected a refusal, got ${JSON.stringify(value)}`);
  };
}
