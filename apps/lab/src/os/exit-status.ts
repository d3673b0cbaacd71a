/** Exit statuses of the lab. */
export const status = { fine: 0, differs: 1, usage: 2, refused: 3, interrupted: 130 } as const;
