import { setTimeout } from "node:timers/promises";
import { createHandler } from "./app.ts";
import { awsClients } from "./aws.ts";
import { readConfig } from "./config.ts";
import { readMerchants } from "./merchants.ts";

/** The Lambda entry. Clients are made once per execution environment, so that connections outlive a request. */
export const handler = createHandler({
    ...awsClients(),
    config: readConfig(process.env),
    merchants: readMerchants(process.env.LAMBDA_TASK_ROOT),
    now: Date.now,
    sleep: setTimeout,
    // Not console.log: Lambda would put its own fields before the line and CloudWatch find no metrics in it.
    write: (line) => process.stdout.write(`${line}\n`),
    trace: () => process.env._X_AMZN_TRACE_ID,
});
