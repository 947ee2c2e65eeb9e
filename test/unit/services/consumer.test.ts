import { expect, test } from "@jest/globals";
import { retrySeconds } from "../../../services/common/consumer.ts";
import { plannedPlatform } from "../../../tools/local/platform.ts";
import { planTestStack } from "../../stacks.ts";

test("a failed message waits longer each time, and five minutes at most", () => {
    expect([1, 2, 3, 8, 9, 50].map(retrySeconds)).toEqual([2, 4, 8, 256, 300, 300]);
});

test.each(["dev", "staging", "prod"])(
    "a payment of %s outlasts an outage of its acquirer of three hours",
    async (stack) => {
        const { queues } = plannedPlatform(await planTestStack(stack));
        const { attributes } = queues.find(({ name }) => name === `payment-processing-${stack}`) ?? {};
        const { maxReceiveCount } = JSON.parse(attributes?.RedrivePolicy ?? "") as { maxReceiveCount: number };
        const waits = Array.from({ length: maxReceiveCount - 1 }, (_, index) => retrySeconds(index + 1));
        expect(waits.reduce((sum, seconds) => sum + seconds)).toBe(12_810);
    },
);
