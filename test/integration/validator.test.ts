import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, GetObjectCommand } from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { createHandler, type Handler } from "../../validator/app.ts";
import { awsClients } from "../../validator/aws.ts";
import { readConfig } from "../../validator/config.ts";
import { skippedName } from "./support/skip.ts";

interface Outputs {
    transactionTableName: string;
    auditBucketName: string;
    auditKeyArn?: string;
}

const { AWS_ENDPOINT_URL: endpoint, STACK_OUTPUTS: file } = process.env;
const outputs = (file === undefined ? {} : JSON.parse(readFileSync(file, "utf8"))) as Partial<Outputs>;
const { transactionTableName = "", auditKeyArn } = outputs;
const deployed = endpoint !== undefined && transactionTableName !== "" && outputs.auditBucketName !== undefined;
const [apiKeyId, merchantId] = ["a1b2c3d4e5", "integration-merchant"];
// The stack's bucket must refuse requests without TLS, so the test creates its own bucket on an emulator without TLS.
const isPlain = endpoint?.startsWith("http://") ?? false;
const auditBucketName = isPlain ? `validator-${randomUUID()}` : (outputs.auditBucketName ?? "");

const subject = "the validator against the stack's table and bucket";
const missing = "set AWS_ENDPOINT_URL, and STACK_OUTPUTS to a JSON file with transactionTableName and auditBucketName";

(deployed ? describe : describe.skip)(deployed ? subject : skippedName(subject, missing), () => {
    const region = process.env.AWS_REGION ?? "us-east-1";
    const emulated = { region, endpoint, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
    // An emulator has no DNS name per bucket.
    const clients = awsClients(emulated, { ...emulated, forcePathStyle: true });
    // DynamoDB checks a condition and writes in one step, an emulator in two, so that several concurrent writers may pass.
    // Its calls therefore run one after the other, while the requests that make them still run concurrently.
    let turn: Promise<unknown> = Promise.resolve();
    clients.dynamo.middlewareStack.add(
        (next) => (args) => {
            const answer = turn.then(() => next(args));
            turn = answer.catch(() => undefined);
            return answer;
        },
        { step: "initialize" },
    );
    const lines: string[] = [];
    let handler: Handler;

    beforeAll(async () => {
        if (isPlain) {
            await clients.s3.send(new CreateBucketCommand({ Bucket: auditBucketName }));
        }
        handler = createHandler({
            ...clients,
            config: readConfig({
                TABLE_NAME: transactionTableName,
                AUDIT_BUCKET: auditBucketName,
                AUDIT_KEY_ARN: auditKeyArn ?? `arn:aws:kms:${region}:123456789012:key/${randomUUID()}`,
                MAX_AMOUNT_MINOR: "1000000",
                RECORD_TTL_DAYS: "1",
                METRICS_NAMESPACE: "PaymentPlatform/Integration",
                SERVICE: "validator",
                ENVIRONMENT: "test",
            }),
            merchants: new Map([[apiKeyId, merchantId]]),
            now: Date.now,
            sleep: setTimeout,
            write: (line) => lines.push(line),
            trace: () => undefined,
        });
    });

    // Letters only: about one random UUID in a few hundred would be refused for looking like a card number.
    const newId = () => randomUUID().replace(/[^a-f]/g, "x");

    const send = (body: object, idempotencyKey: string) =>
        handler(
            {
                httpMethod: "POST",
                path: "/validate",
                headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
                body: JSON.stringify(body),
                requestContext: { identity: { apiKeyId } },
            },
            { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 30_000 },
        );

    const payment = (paymentId = `it-${newId()}`) => ({
        merchantId,
        paymentId,
        customerId: `customer-${newId()}`,
        amountMinor: 1234,
        currency: "USD",
        metadata: { order: "first" },
    });

    test("a payment is found by its customer and has an audit record", async () => {
        const sent = payment();
        const answer = await send(sent, newId());
        expect(answer).toMatchObject({ statusCode: 202 });
        const { Items } = await clients.dynamo.send(
            new QueryCommand({
                TableName: transactionTableName,
                IndexName: "customer-index",
                KeyConditionExpression: "customer_id = :customer",
                ExpressionAttributeValues: { ":customer": { S: sent.customerId } },
            }),
        );
        expect(Items).toHaveLength(1);
        const { receivedAt } = JSON.parse(answer.body) as { receivedAt: string };
        expect(Items?.[0]).toMatchObject({ transaction_id: { S: sent.paymentId }, timestamp: { S: receivedAt } });
        const key = `audit/${receivedAt.slice(0, 10).replaceAll("-", "/")}/${sent.paymentId}.json`;
        const record = await clients.s3.send(new GetObjectCommand({ Bucket: auditBucketName, Key: key }));
        expect(record.ServerSideEncryption).toBe("aws:kms");
        expect(JSON.parse((await record.Body?.transformToString()) ?? "")).toMatchObject({ paymentId: sent.paymentId });
    });

    test("a replay gets the first answer, and another use of the key or the payment id a conflict", async () => {
        const [sent, key] = [payment(), newId()];
        const first = await send(sent, key);
        const replay = await send(sent, key);
        expect(replay).toMatchObject({ statusCode: 202, body: first.body, headers: { "Idempotent-Replayed": "true" } });
        expect(await send({ ...sent, amountMinor: 1 }, key)).toMatchObject({ statusCode: 409 });
        expect(await send(sent, newId())).toMatchObject({ statusCode: 409 });
    });

    test("ten equal concurrent requests create one transaction and get the same answer", async () => {
        const [sent, key] = [payment(), newId()];
        const answers = await Promise.all(Array.from({ length: 10 }, () => send(sent, key)));
        // 503 means that nothing was written in part, and to retry: a store under load may answer one of them too late.
        const given = answers.filter(({ statusCode }) => statusCode !== 503);
        expect(new Set(given.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
        const { Count } = await clients.dynamo.send(
            new QueryCommand({
                TableName: transactionTableName,
                KeyConditionExpression: "transaction_id = :payment",
                ExpressionAttributeValues: { ":payment": { S: sent.paymentId } },
            }),
        );
        expect(Count).toBe(1);
    });

    test("a card number is refused and reaches no log line", async () => {
        const answer = await send({ ...payment(), metadata: { note: "4111 1111 1111 1111" } }, newId());
        expect(answer.statusCode).toBe(400);
        // The whole number, with separators or without: four digits alone also occur in random request ids.
        expect(`${answer.body}${lines.join("")}`).not.toMatch(/4111\D?1111/);
    });
});
