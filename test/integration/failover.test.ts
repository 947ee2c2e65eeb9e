import { describe, expect } from "@jest/globals";
import { failOverCache, failOverDatabase } from "./scenarios/failover.ts";
import { destroysOnAws, foundBy, minutes, sceneOfStack } from "./support/scene.ts";
import { destroys } from "./support/stack.ts";

describe("another node replaces a failed one", () => {
    destroys(
        "a reader of the database takes over within two minutes",
        async () => {
            const found = foundBy(await failOverDatabase(sceneOfStack()));
            expect(found?.promotedSeconds ?? 0).toBeLessThan(120);
        },
        minutes(25),
    );

    destroysOnAws(
        "a replica of the cache takes over within five minutes",
        "it knows no TestFailover",
        async () => {
            const found = foundBy(await failOverCache(sceneOfStack()));
            expect(found?.promotedSeconds ?? 0).toBeLessThan(300);
        },
        minutes(65),
    );
});
