/**
 * How often a random test runs: `usual` times, or `FUZZ_RUNS` times, as each night (`npm run fuzz`).
 *
 * @param usual enough to notice an error in most cases; the nightly run finds the rare ones
 */
export const randomRuns = (usual: number): number => Number(process.env.FUZZ_RUNS ?? usual);
