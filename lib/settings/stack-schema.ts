import { z } from "zod";
import { regionPattern } from "../../contract/container.ts";
import { regionKey } from "./problem.ts";
import { settingsSchema } from "./schema.ts";

/** The settings, with the configuration of the AWS provider that the program reads. */
export const stackSchema = settingsSchema.extend({
    [regionKey]: z
        .string()
        .regex(regionPattern, { error: "must be an AWS region such as us-east-1" })
        .describe("AWS region of the stack."),
});
