/** TCP ports of the platform. Stores keep their usual ones, as clients expect them. */
export const ports = { https: 443, http: 80, database: 5432, cache: 6379 } as const;
