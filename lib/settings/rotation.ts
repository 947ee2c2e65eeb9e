import { z } from "zod";
import { integer } from "./fields.ts";

/** A secret that AWS accepts in two values for a while, so that no request is refused when it is replaced. */
export const rotation = z.strictObject({
    version: integer(1, 1_000_000)
        .default(1)
        .describe("Counts the values that there have been: the next number makes a new one. `npm run rotate` sets it."),
    acceptPrevious: z
        .boolean()
        .default(false)
        .describe("Accepts the value of the version before, too, while its users change to the new one."),
});

export type Rotation = z.output<typeof rotation>;
