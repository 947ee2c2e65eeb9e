import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { expect, test } from "@jest/globals";
import { localArn, localSources } from "../../tools/local/replacements.ts";
import { urlOf } from "./support/queues.ts";
import { platformUnderTest, underTest } from "./support/under-test.ts";

test.each(["processing", "processing-dlq", "notifications"])("the queue %s is as the plan says", async (queue) => {
    const { sqs } = localSources(underTest().machine);
    const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: urlOf(queue), AttributeNames: ["All"] }),
    );
    const planned = platformUnderTest().queues.find(({ name }) => name === `payment-${queue}-dev`)?.attributes ?? {};
    expect(Object.keys(planned).length).toBeGreaterThan(0);
    expect(Attributes).toMatchObject(
        Object.fromEntries(Object.entries(planned).map(([name, value]) => [name, localArn(value)])),
    );
});
