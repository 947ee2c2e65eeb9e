import { describe, expect } from "@jest/globals";
import { failOverCache, failOverDatabase } from "./scenarios/failover.ts";
import { destroysOnAws, printedResult, minutes, drillContextOfStack } from "./support/drill-context.ts";
import { destroys } from "./support/stack.ts";

describe("another node replaces a failed one", () => {
    destroys(
        "a reader of the database takes over within two minutes",
        async () => {
            const found = printedResult(await failOverDatabase(drillContextOfStack()));
            expect(found?.promotedSeconds ?? 0).toBeLessThan(120);
        },
        minutes(25),
    );

    destroysOnAws(
        "a replica of the cache takes over within five minutes",
        "it knows no TestFailover",
        async () => {
            const found = printedResult(await failOverCache(drillContextOfStack()));
            expect(found?.promotedSeconds ?? 0).toBeLessThan(300);
        },
        minutes(65),
    );
});
