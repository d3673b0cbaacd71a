/** How large a run may be. */
export const messagesMax: number = 10_000_000;
export const seedMax: number = 2 ** 31 - 1;
