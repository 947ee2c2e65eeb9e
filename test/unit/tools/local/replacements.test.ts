import { expect, test } from "@jest/globals";
import { plannedPlatform } from "../../../../tools/local/platform.ts";
import { localEnvironment } from "../../../../tools/local/replacements.ts";
import { planTestStack } from "../../../stacks.ts";
import { machine } from "./machine.ts";

const place = { machine, port: 5004 };

test.each(["dev", "staging", "prod"])("no container of %s finds a value that only AWS knows", async (stack) => {
    const { environments } = plannedPlatform(await planTestStack(stack));
    expect(Object.keys(environments).sort()).toEqual(["api", "migration", "notification", "payment"]);
    for (const planned of Object.values(environments)) {
        const local = JSON.stringify(localEnvironment(planned, place));
        expect(JSON.stringify(planned)).toContain("amazonaws.com");
        expect(local).not.toMatch(/amazonaws\.com|123456789012/);
    }
});

test("a service of dev finds the same variables as on AWS, with the addresses of this machine", async () => {
    const { api = {} } = plannedPlatform(await planTestStack("dev")).environments;
    const local = localEnvironment(api, place);
    expect(Object.keys(local)).toEqual(Object.keys(api));
    expect(local).toMatchObject({
        CACHE_HOST: "localhost",
        CACHE_PORT: "5002",
        DATABASE_HOST: "localhost",
        DATABASE_PORT: "5001",
        DATABASE_READER_HOST: "localhost",
        GATEWAY_SECRET_ARN: machine.gatewaySecretArn,
        PORT: "5004",
        PROCESSING_QUEUE_URL: "http://127.0.0.1:5003/000000000000/payment-processing-dev",
    });
    const kept = ["AWS_REGION", "DATABASE_NAME", "DATABASE_USER", "ENVIRONMENT", "LOG_LEVEL", "PROTOCOL", "SERVICE"];
    expect(kept.map((name) => local[name])).toEqual(kept.map((name) => api[name]));
});

test("no service of this machine calls an acquirer", () => {
    const planned = { SERVICE: "payment", ACQUIRER_URL: "https://acquirer.example.com", ACQUIRER_SECRET_ARN: "arn" };
    expect(localEnvironment(planned, place)).toEqual({ SERVICE: "payment" });
});

test.each([
    ["LEDGER_QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/x", "http://127.0.0.1:5003/000000000000/x"],
    ["LEDGER_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:x", "arn:aws:sns:us-east-1:000000000000:x"],
])("%s is that of the emulator", (name, planned, expected) => {
    expect(localEnvironment({ [name]: planned }, place)).toEqual({ [name]: expected });
});
