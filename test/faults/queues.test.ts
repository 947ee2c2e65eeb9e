import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { newId } from "../../services/common/ids.ts";
import { localSources } from "../../tools/local/replacements.ts";
import { sendMessage, urlOf } from "../services/support/queues.ts";
import { underTest } from "../services/support/under-test.ts";
import { survive } from "./support/fault.ts";
import { Platform } from "./support/platform.ts";
import type { QueueFaults } from "./support/queue-proxy.ts";
import { messagesIn } from "./support/verdict.ts";

let platform: Platform;

/** Less than what the services ask for, so that a message whose deletion was lost comes again while the test runs. */
const visibilitySeconds = 10;

beforeAll(async () => {
    platform = await Platform.start({ visibilitySeconds });
});

afterAll(() => platform.stop());

describe("SQS and SNS", () => {
    test.each<[string, Partial<QueueFaults>]>([
        ["answer a fifth of the calls with 503", { failPercent: 20 }],
        ["do what a tenth of the calls asks for, and answer them with 503", { failAfterPercent: 10 }],
        ["send and publish every second batch twice", { repeatPercent: 50 }],
        ["do not delete a fifth of the messages", { keepPercent: 20 }],
        ["deliver messages up to 9 s late, and in reverse", { lateSeconds: 9, reverse: true }],
    ])("%s", async (name, faults) => {
        await survive(platform, `SQS and SNS ${name}`, async (isSending) => {
            platform.queues.setFaults(faults);
            while (isSending()) {
                await setTimeout(100);
            }
            // What was sent last is received in these seconds.
            await setTimeout(visibilitySeconds * 1_000);
        });
    });

    test("do not answer at all for some seconds", async () => {
        await survive(platform, "SQS and SNS away", async () => {
            await setTimeout(500);
            platform.queues.setFaults({ failPercent: 100 });
            await setTimeout(5_000);
        });
    });
});

test("messages that nobody can process are dead letters, and no other message is", async () => {
    const correlationId = newId();
    const poison = [
        "no JSON",
        JSON.stringify({ type: "payment.accepted" }),
        JSON.stringify({ id: newId(), type: "payment.accepted", paymentId: newId(), correlationId }),
        JSON.stringify({ id: newId(), type: "refund.requested", paymentId: newId(), refundId: newId(), correlationId }),
    ];
    await survive(
        platform,
        "poison messages",
        async () => {
            for (const body of poison) {
                await sendMessage("processing", body);
            }
            await sendMessage("notifications", "no JSON");
        },
        undefined,
        { poisoned: poison.length + 1 },
    );
    await purge("processing-dlq");
    await purge("notifications-dlq");
    expect(await messagesIn("processing-dlq")).toBe(0);
});

async function purge(queue: string): Promise<void> {
    const { sqs } = localSources(underTest().machine);
    await sqs.send(new PurgeQueueCommand({ QueueUrl: urlOf(queue) }));
    sqs.destroy();
}
