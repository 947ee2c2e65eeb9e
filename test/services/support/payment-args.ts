import type { Cache } from "../../../services/common/cache.ts";
import type { Pool } from "../../../services/common/database.ts";
import { createLog } from "../../../services/common/log.ts";
import { httpAcquirer } from "../../../services/payment/http-acquirer.ts";
import type { ProcessArgs } from "../../../services/payment/process.ts";
import { localSources } from "../../../tools/local/replacements.ts";
import type { TwoSides } from "./two-sides.ts";
import { underTest } from "./under-test.ts";

/** A cache that takes copies of payments, and has none. */
export const noCopies = { setVersion: () => Promise.resolve() } as unknown as Cache;

/** With which the payment service processes messages, and calls the acquirer of a test. */
export function paymentArgs({ acquirer }: TwoSides, database: Pool): ProcessArgs {
    const { machine } = underTest();
    const sources = localSources(machine);
    return {
        database,
        cache: noCopies,
        acquirer: httpAcquirer({
            url: acquirer.url,
            readCredential: () => sources.readSecret(machine.acquirerSecretArn),
            authorities: sources.acquirerAuthorities,
        }),
        log: createLog({ AWS_REGION: "us-east-1", ENVIRONMENT: "test", LOG_LEVEL: "error", SERVICE: "test" }),
        putMetric: () => undefined,
        wakeRelay: () => undefined,
    };
}
