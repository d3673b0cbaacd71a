/** The groups that the command has, in the order of its help. */
import { archGroup } from "./arch-group.js";
import { brokersGroup } from "./brokers-group.js";
import { cassetteGroup } from "./cassette-group.js";
import type { CommandGroup } from "./command-group.js";

export const commandGroups: readonly CommandGroup[] = [cassetteGroup, brokersGroup, archGroup];
