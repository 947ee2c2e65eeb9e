import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, describe, expect, jest, test } from "@jest/globals";
import { listeningPort } from "../../../tools/frame/listening-port.ts";
import { awsClients } from "../../../validator/aws.ts";
import { bundle } from "../../../validator/bundle.ts";
import { readConfig } from "../../../validator/config.ts";
import { merchantsFile, readMerchants } from "../../../validator/merchants.ts";
import { apiEvent, invocationContext, paymentBody } from "./fakes.ts";

const root = resolve(__dirname, "../../..");

const environment = {
    TABLE_NAME: "payment-transactions-dev",
    AUDIT_BUCKET: "payment-audit-dev-123456789012",
    AUDIT_KEY_ARN: "arn:aws:kms:us-east-1:123456789012:key/0b6f5a2e-aaaa-bbbb-cccc-ddddeeeeffff",
    MAX_AMOUNT_MINOR: "100000000",
    RECORD_TTL_DAYS: "400",
    METRICS_NAMESPACE: "PaymentPlatform",
    SERVICE: "payment-validator",
    ENVIRONMENT: "dev",
};

describe("the environment", () => {
    test("is read into the configuration", () => {
        expect(readConfig({ ...environment, CORS_ORIGINS: "https://a.example,https://b.example" })).toEqual({
            tableName: "payment-transactions-dev",
            auditBucket: "payment-audit-dev-123456789012",
            auditKeyArn: environment.AUDIT_KEY_ARN,
            maxAmountMinor: 100_000_000,
            recordTtlDays: 400,
            metricsNamespace: "PaymentPlatform",
            service: "payment-validator",
            environment: "dev",
            corsOrigins: ["https://a.example", "https://b.example"],
        });
    });

    test.each(Object.keys(environment))("without %s the function does not start, and names it", (name) => {
        expect(() => readConfig({ ...environment, [name]: undefined })).toThrow(
            new RegExp(`^payment validator: ${name} must be .*, got nothing$`),
        );
    });

    test.each([
        ["MAX_AMOUNT_MINOR", "1e6", 'MAX_AMOUNT_MINOR must be a whole number from 1 to 999999999999, got "1e6"'],
        ["MAX_AMOUNT_MINOR", "1000000000000", "MAX_AMOUNT_MINOR must be at most 999999999999, got 1000000000000"],
        ["RECORD_TTL_DAYS", "0", 'RECORD_TTL_DAYS must be a whole number from 1 to 36500, got "0"'],
        ["AUDIT_KEY_ARN", "alias/audit", 'AUDIT_KEY_ARN must be a KMS key\'s ARN, got "alias/audit"'],
    ])("with an invalid %s (%s) the function does not start", (name, value, message) => {
        expect(() => readConfig({ ...environment, [name]: value })).toThrow(message);
    });

    test("is reported with all its problems at once", () => {
        expect(() => readConfig({})).toThrow(/TABLE_NAME.*AUDIT_BUCKET.*MAX_AMOUNT_MINOR.*ENVIRONMENT/);
    });
});

/** What the client's handler of HTTP has, and its type in the client does not tell. */
interface HttpLimits {
    httpHandlerConfigs: () => object;
    updateHttpClientConfig: (limit: "requestTimeout", milliseconds: number) => void;
}

/** Where Lambda unpacks the function. */
const taskRoot = mkdtempSync(join(tmpdir(), "task-"));
writeFileSync(join(taskRoot, merchantsFile), '{"merchant-one":["a1b2c3d4e5","f6g7h8i9j0"]}');
afterAll(() => {
    rmSync(taskRoot, { recursive: true });
});

describe("the file of the merchants", () => {
    test("has their names by the IDs of their API keys", () => {
        expect([...readMerchants(taskRoot)]).toEqual([
            ["a1b2c3d4e5", "merchant-one"],
            ["f6g7h8i9j0", "merchant-one"],
        ]);
    });

    test("must be there: without it the function does not start", () => {
        expect(() => readMerchants(join(taskRoot, "elsewhere"))).toThrow(/ENOENT.*merchants\.json/);
    });
});

describe("the Lambda entry", () => {
    const before = { ...process.env };
    afterEach(() => {
        process.env = { ...before };
        jest.restoreAllMocks();
    });

    test("refuses a request with one log and one metric line on stdout", async () => {
        const written: string[] = [];
        jest.spyOn(process.stdout, "write").mockImplementation((line) => written.push(String(line)) > 0);
        Object.assign(process.env, environment, { AWS_REGION: "us-east-1", _X_AMZN_TRACE_ID: "" });
        process.env.LAMBDA_TASK_ROOT = taskRoot;
        const { handler } = await import("../../../validator/handler.ts");
        const answer = await handler(apiEvent(paymentBody({ amountMinor: -1 })), invocationContext);
        expect(answer.statusCode).toBe(400);
        expect(written).toEqual([
            expect.stringMatching(/^\{.*"refused".*\}\n$/),
            expect.stringMatching(/^\{"_aws".*\}\n$/),
        ]);
    });

    test("ends a call without an answer after two seconds and retries", async () => {
        let requests = 0;
        const server = createServer((_request, response) => {
            requests += 1;
            if (requests !== 2) {
                response.end("{}");
            }
        }).listen(0);
        const port = listeningPort(server);
        const credentials = { accessKeyId: "test", secretAccessKey: "test" };
        const { dynamo } = awsClients({ region: "us-east-1", endpoint: `http://127.0.0.1:${port}`, credentials });
        const get = () =>
            dynamo.send(new GetItemCommand({ TableName: "any", Key: { transaction_id: { S: "any" } } }), {
                // Without the attempt's own limit this one ends the wait after a single request, and the test fails.
                abortSignal: AbortSignal.timeout(30_000),
            });
        try {
            // The client knows its limits from its first call on.
            await get();
            const requestHandler = dynamo.config.requestHandler as unknown as HttpLimits;
            expect(requestHandler.httpHandlerConfigs()).toMatchObject({ requestTimeout: 2_000 });
            requestHandler.updateHttpClientConfig("requestTimeout", 50);
            await get();
            expect(requests).toBe(3);
        } finally {
            dynamo.destroy();
            server.closeAllConnections();
            server.close();
        }
    });

    test("makes at most three attempts of a call", async () => {
        const { dynamo, s3 } = awsClients({ region: "us-east-1" }, { region: "us-east-1" });
        expect(await Promise.all([dynamo.config.maxAttempts(), s3.config.maxAttempts()])).toEqual([3, 3]);
    });
});

describe("the bundle", () => {
    const { code, hash } = bundle(root);

    test("is the same in another folder, so that an unchanged function is not deployed", () => {
        const elsewhere = mkdtempSync(join(tmpdir(), "bundle-"));
        try {
            cpSync(join(root, "validator"), join(elsewhere, "validator"), { recursive: true });
            expect(bundle(elsewhere)).toEqual({ code, hash });
        } finally {
            rmSync(elsewhere, { recursive: true });
        }
    });

    test("is small, contains no path of this machine and uses the SDK of the runtime", () => {
        expect(code.length).toBeLessThan(200_000);
        expect(code).not.toContain(root);
        const imported = new Set(Array.from(code.matchAll(/from"([^"]+)"/g), ([, name]) => name));
        expect([...imported].sort()).toEqual([
            "@aws-sdk/client-dynamodb",
            "@aws-sdk/client-s3",
            "node:crypto",
            "node:fs",
            "node:http",
            "node:timers/promises",
        ]);
    });

    test("runs as a module and exports the handler", () => {
        const event = JSON.stringify(apiEvent(paymentBody({ currency: "ABC" })));
        const [, local = ""] = /export\{([\w$]+) as handler\}/.exec(code) ?? [];
        const call = `${local}(${event}, { awsRequestId: "r", getRemainingTimeInMillis: () => 1 })`;
        const printed = execFileSync(process.execPath, ["--input-type=module"], {
            cwd: root,
            env: { ...environment, AWS_REGION: "us-east-1", LAMBDA_TASK_ROOT: taskRoot },
            input: `${code}\nconsole.log((await ${call}).statusCode);`,
            encoding: "utf8",
        });
        expect(printed.trim().split("\n").at(-1)).toBe("400");
    });
});
