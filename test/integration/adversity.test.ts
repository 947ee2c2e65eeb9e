import { describe, expect } from "@jest/globals";
import { requireItem } from "../../lib/list.ts";
import { runFaultInjection } from "./scenarios/fault-injection.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { denyEndpointAccess, denyQueueAccess, replaceCacheToken, type QueueUnderTest } from "./scenarios/faults.ts";
import { destroysOnAws, printedResult, minutes, drillContextOfStack } from "./support/drill-context.ts";
import { outputsOf } from "./support/stack.ts";

const settings = () => readSettingsOfStack(process.cwd(), process.env.STACK ?? outputsOf().manifest.stack);

/** Each queue with the service that consumes it. */
const lines = (): QueueUnderTest[] =>
    Object.entries(settings().services).flatMap(([consumer, { consumes: queue }]) =>
        queue === undefined ? [] : [{ queue, queueUrl: requireItem(outputsOf().queueUrls, queue), consumer }],
    );

/** From the message's age to the last alarm that ends. */
const timeout = minutes(100);
const why = "no task runs, and no alarm is evaluated";

describe("an alarm reports a failure between services, and the services recover", () => {
    destroysOnAws(
        "an SQS endpoint that denies every call",
        why,
        async () => {
            const drillContext = drillContextOfStack();
            const found = printedResult(
                await runFaultInjection(
                    drillContext,
                    denyEndpointAccess(drillContext, outputsOf().vpcId, requireItem(lines(), 0)),
                ),
            );
            expect(found?.noticedSeconds ?? 0).toBeLessThan(25 * 60);
        },
        timeout,
    );

    destroysOnAws(
        "a queue that denies its consumer",
        why,
        async () => {
            const drillContext = drillContextOfStack();
            for (const line of lines()) {
                const found = printedResult(await runFaultInjection(drillContext, denyQueueAccess(drillContext, line)));
                expect(found?.noticedSeconds ?? 0).toBeLessThan(25 * 60);
            }
        },
        2 * timeout,
    );

    destroysOnAws(
        "a wrong token of the cache",
        why,
        async () => {
            const { manifest } = outputsOf();
            const secretArn = manifest.resources.find(
                ({ type, name }) =>
                    type === "aws:secretsmanager/secret:Secret" && name.startsWith("payment-cache-token-"),
            )?.arn;
            const { services, cache } = settings();
            const [service = ""] = Object.keys(services).filter((name) => services[name]?.stores.includes("cache"));
            const nodes = Array.from({ length: cache.nodes }, (_, i) => `cache-${i + 1}`);
            const drillContext = drillContextOfStack();
            const found = printedResult(
                await runFaultInjection(
                    drillContext,
                    replaceCacheToken(drillContext, { service, secretArn: secretArn ?? "", nodes }),
                ),
            );
            expect(found?.noticedSeconds ?? 0).toBeLessThan(25 * 60);
        },
        timeout,
    );
});
