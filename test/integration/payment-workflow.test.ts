import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { describe, expect } from "@jest/globals";
import { readSettings } from "../../lib/settings.ts";
import { servicesWithPath } from "../../lib/settings/service-path.ts";
import { readStack } from "../../plan/stack-file.ts";
import { aws } from "./live/deployed.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import { newId } from "../../services/common/ids.ts";
import { problemMediaType } from "../../validator/problem.ts";
import {
    expectAcceptedOnce,
    expectCapturedAndRefunded,
    expectCardDataRefused,
    expectForgedHeadersReplaced,
    expectUnknownTo,
    forgedHeaders,
} from "../payment-workflow.ts";
import { ask, askLoadBalancer, askWithoutKey, merchantsOfStack, payment } from "./support/merchant.ts";
import { readOutputs } from "./support/outputs.ts";
import { outputsOf, skips, writes } from "./support/stack.ts";
import { reasonWithoutPayments, servicesOfPayment } from "./support/workflow.ts";

/** Log lines reach CloudWatch within seconds, and its search a little later. */
const patience = { within: 120_000, every: 5_000 };

/** Waits until a log group has a line with this text, and returns the line. */
const logged = (logGroupName: string, text: string, since: number): Promise<string> =>
    eventually(
        `a line with ${text} in ${logGroupName}`,
        async () => {
            const { events = [] } = await aws().logs.send(
                new FilterLogEventsCommand({ logGroupName, filterPattern: `"${text}"`, startTime: since }),
            );
            return events[0]?.message;
        },
        patience,
    );

const groupOf = (name: string): string =>
    outputsOf().logGroupNames.find((group) => group.startsWith(name)) ?? `no log group ${name}`;

/** What the table has of a payment. */
async function recordsOf(paymentId: string): Promise<object[]> {
    const { Items = [] } = await aws().dynamo.send(
        new QueryCommand({
            TableName: outputsOf().transactionTableName,
            KeyConditionExpression: "transaction_id = :payment",
            ExpressionAttributeValues: { ":payment": { S: paymentId } },
            ConsistentRead: true,
        }),
    );
    return Items;
}

/** Responses of API Gateway where it does not reach the load balancer, or does not accept its certificate. */
const linkFailures = [500, 504];

describe("a payment at the validator, through the API", () => {
    const path = "/validate";

    writes(
        "is accepted, recorded, audited, and found in the logs by its correlation id",
        async () => {
            const [sent, correlationId, since] = [payment(), newId(), Date.now()];
            const answer = await ask({ path, body: sent, idempotencyKey: newId(), correlationId });
            expect(answer).toMatchObject({ status: 202 });
            expect(answer.headers.get("X-Correlation-Id")).toBe(correlationId);

            expect(await recordsOf(sent.paymentId)).toMatchObject([{ correlation_id: { S: correlationId } }]);

            const { receivedAt } = JSON.parse(answer.text) as { receivedAt: string };
            const day = receivedAt.slice(0, 10).replaceAll("-", "/");
            const record = await aws().s3.send(
                new GetObjectCommand({
                    Bucket: outputsOf().auditBucketName,
                    Key: `audit/${day}/${sent.paymentId}.json`,
                }),
            );
            expect(record.ServerSideEncryption).toBe("aws:kms");
            expect(JSON.parse((await record.Body?.transformToString()) ?? "")).toMatchObject({ correlationId });

            const line = await logged(groupOf("/aws/lambda/"), correlationId, since);
            expect(line).not.toContain(sent.customerId);
        },
        180_000,
    );

    writes(
        "is recorded once: a replay gets the first answer, and another body with the same key a conflict",
        async () => {
            const [sent, idempotencyKey] = [payment(), newId()];
            const first = await ask({ path, body: sent, idempotencyKey });
            const replay = await ask({ path, body: sent, idempotencyKey });
            expect([first.status, replay.status]).toEqual([202, 202]);
            expect(replay.text).toBe(first.text);
            expect(replay.headers.get("Idempotent-Replayed")).toBe("true");
            const other = await ask({ path, body: { ...sent, amountMinor: 1 }, idempotencyKey });
            expect(other.status).toBe(409);
            expect(JSON.parse(other.text)).toMatchObject({ type: expect.stringMatching(/idempotency-key-reused$/) });
        },
    );

    // API Gateway refuses the first, the function the second.
    const invalid = [
        ["an amount that is a text", { amountMinor: "4111 1111 1111 1111" }],
        ["a card number", { metadata: { note: "4111 1111 1111 1111" } }],
    ] as const;
    for (const [what, wrong] of invalid) {
        writes(`is refused for ${what}, and the answer does not repeat it`, async () => {
            const answer = await ask({ path, body: { ...payment(), ...wrong }, idempotencyKey: newId() });
            expect(answer.status).toBe(400);
            expect(answer.headers.get("Content-Type")).toBe(problemMediaType);
            expect(JSON.parse(answer.text)).toMatchObject({ type: expect.any(String), title: expect.any(String) });
            expect(`${answer.text}${JSON.stringify([...answer.headers])}`).not.toMatch(/4111\D?1111/);
        });
    }

    writes("is refused by the validator with a problem document that names the field", async () => {
        const answer = await ask({ path, body: { ...payment(), currency: "ZZZ" }, idempotencyKey: newId() });
        expect(answer.status).toBe(400);
        expect(answer.headers.get("Content-Type")).toBe(problemMediaType);
        expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ field: "currency" }] });
        expect(answer.text).not.toContain("ZZZ");
    });

    writes("is refused in the name of another merchant than the key's", async () => {
        const body = { ...payment(), merchantId: "another-merchant" };
        const answer = await ask({ path, body, idempotencyKey: newId() });
        expect(answer.status).toBe(403);
        expect(JSON.parse(answer.text)).toMatchObject({ type: expect.stringMatching(/forbidden$/) });
    });

    writes("is refused without a merchant's key", async () => {
        const answer = await askWithoutKey({ path, body: payment(), idempotencyKey: newId() });
        expect(answer.status).toBe(403);
    });
});

const { outputs } = readOutputs(process.env);
const { config, secretKeys } = readStack(process.cwd(), process.env.STACK ?? outputs?.manifest.stack ?? "dev");
const { settings } = readSettings(config, secretKeys, new Date().toISOString().slice(0, 10));

/** Services that a merchant can call; none in a stack without merchants, whose API accepts no request. */
const calledServices =
    settings === undefined || Object.keys(settings.gateway.merchants).length === 0
        ? []
        : servicesWithPath(settings.services);

describe("a service, through the API", () => {
    for (const [service, { path }] of calledServices) {
        for (const sent of [path.replace("/*", ""), path.replace("*", "any")]) {
            // With a merchant's key, which no test has in production.
            writes(
                `${service} is found for ${sent}`,
                async () => {
                    // A VPC link without requests for 60 days takes minutes to work again.
                    const { status, text } = await eventually(
                        `an answer to ${sent} from behind the VPC link`,
                        async () => {
                            const answer = await ask({ path: sent });
                            return linkFailures.includes(answer.status) ? undefined : answer;
                        },
                        { within: 600_000, every: 15_000 },
                    );
                    // A listener rule has matched the path, whether or not AWS sends the stage with it: without a task the
                    // load balancer responds 503, with one the service responds.
                    expect({ status, text }).not.toEqual({ status: 404, text: '{"message":"Not Found"}' });
                    expect(text).not.toContain("urn:payment-platform:problem:");
                },
                660_000,
            );
        }
    }
});

async function expectNoDeadLetters(): Promise<void> {
    for (const QueueName of Object.values(outputsOf().deadLetterQueueNames)) {
        const { QueueUrl } = await aws().sqs.send(new GetQueueUrlCommand({ QueueName }));
        const { Attributes } = await aws().sqs.send(
            new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
        );
        expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: "0" });
    }
}

describe("a payment through the services", () => {
    const why =
        settings === undefined
            ? "the stack's settings are refused"
            : reasonWithoutPayments(settings, process.env.OTHER_SERVICES);
    const itself = (name: string, run: () => Promise<void>, reason = why): void => {
        if (reason === undefined) {
            writes(name, run, 600_000);
        } else {
            skips(name, reason, run);
        }
    };

    itself(
        "is accepted once, captured and refunded, with events, logs of each service, and no dead letter",
        async () => {
            const since = Date.now();
            const { id, correlationId } = await expectAcceptedOnce(ask);
            await expectCapturedAndRefunded(ask, id, patience);
            for (const service of settings === undefined ? [] : servicesOfPayment(settings)) {
                await logged(groupOf(`/ecs/payment-${service}-`), correlationId, since);
            }
            await expectNoDeadLetters();
        },
    );

    itself("is refused with card data", () => expectCardDataRefused(ask));

    itself("is read through the API with forged headers, which the API replaces", () =>
        expectForgedHeadersReplaced(ask),
    );

    itself("is in PostgreSQL alone, and one of the validator in DynamoDB alone", async () => {
        const { id } = await expectAcceptedOnce(ask);
        const validated = payment();
        expect(await ask({ path: "/validate", body: validated, idempotencyKey: newId() })).toMatchObject({
            status: 202,
        });
        const { text } = await ask({ path: "/api/payments?limit=100" });
        expect(text).toContain(id);
        expect(text).not.toContain(validated.paymentId);
        expect(await recordsOf(id)).toEqual([]);
        expect(await recordsOf(validated.paymentId)).toHaveLength(1);
    });

    const merchants = Object.keys(settings?.gateway.merchants ?? {}).length;
    itself(
        "does not exist for another merchant",
        async () => {
            const [, other = ask] = await merchantsOfStack();
            const { id } = await expectAcceptedOnce(ask);
            await expectUnknownTo(other, id);
        },
        why ?? (merchants < 2 ? "the stack has one merchant" : undefined),
    );

    itself(
        "is refused at the load balancer itself, whatever its headers claim",
        async () => {
            const answer = await askLoadBalancer("/api/payments", forgedHeaders);
            expect(answer).toMatchObject({ status: 403, text: expect.stringContaining("problem:forbidden") });
        },
        why ??
            (settings?.edge.allowedCidrs.includes("0.0.0.0/0") === true
                ? undefined
                : "edge.allowedCidrs admits some addresses only"),
    );
});
