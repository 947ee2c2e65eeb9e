/** TCP ports. The database and the cache use the default ports of their engines. */
export const ports = { https: 443, http: 80, database: 5432, cache: 6379 } as const;
