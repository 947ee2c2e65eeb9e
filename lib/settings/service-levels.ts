import { z } from "zod";
import { integer } from "./fields.ts";

/** Service levels in a tenfold spike, which `npm run simulate` compares with its result (docs/simulation.md). */
export const serviceLevels = z.strictObject({
    refusedPercent: z
        .number()
        .min(0)
        .max(100)
        .default(5)
        .describe("Highest percentage of requests that may be refused in the first 15 minutes of a tenfold spike."),
    recoverySeconds: integer(0, 3600)
        .default(180)
        .describe("Longest time in a tenfold spike during which the tasks cannot serve the load."),
    backlogMinutes: integer(1, 120)
        .default(15)
        .describe("Longest time after the start of a tenfold spike until no message waits any more."),
});
