/**
 * `reprise arch`: the architecture checker, which is a command of its own (`reprise-arch`). What
 * stands behind `arch` is handed to it as it is, with its help, its statuses and its Ctrl-C.
 */
import type { CommandGroup } from "./command-group.js";
import type { Host } from "./host.js";

type ArchMain = typeof import("@reprise/arch/os").main;

export const archGroup: CommandGroup = createArchGroup(
  // Loaded when it is asked for: the parser that it brings is no small thing.
  async (argv, host) => (await import("@reprise/arch/os")).main(argv, host),
);

/** `main` is the checker's. */
export function createArchGroup(main: ArchMain): CommandGroup {
  return {
    name: "arch",
    description: "check modules and contracts against arch/: see reprise arch --help",
    addTo(group, { host, action }) {
      group
        .argument("[arguments...]")
        .helpOption(false)
        .allowUnknownOption()
        .action(
          action((words: readonly string[]) => forward(main, ["reprise", "arch", ...words], host)),
        );
    },
  };
}

async function forward(main: ArchMain, argv: readonly string[], host: Host): Promise<number> {
  const interruption = host.interruption();
  const { stdout, stderr, env, cwd, now } = host;
  const endInterrupted = (): void => {
    interruption.release();
    process.kill(process.pid, "SIGINT");
  };
  try {
    const { signal: interrupted } = interruption;
    return await main(argv, { stdout, stderr, env, cwd, now, interrupted, endInterrupted });
  } finally {
    interruption.release();
  }
}
