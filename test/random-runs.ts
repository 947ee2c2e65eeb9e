/**
 * How often a random test runs: `usual` times, or `FUZZ_RUNS` times, as each night (`npm run fuzz`).
 *
 * @param usual enough to notice a slip that breaks most cases; the rare ones are for the night
 */
export const randomRuns = (usual: number): number => Number(process.env.FUZZ_RUNS ?? usual);
