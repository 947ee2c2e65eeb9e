import { expect, test } from "@jest/globals";
import { ExecuteStatementCommand } from "@aws-sdk/client-rds-data";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createClients } from "../../../tools/frame/aws-clients.ts";

test("every client uses the given region", async () => {
    const clients = Object.values(createClients({ region: "eu-west-1" }));
    expect(clients.length).toBeGreaterThan(10);
    for (const { config } of clients) {
        await expect(config.region()).resolves.toBe("eu-west-1");
    }
});

test("IAM, which throttles simulations of policies, is asked more often than the others", async () => {
    const { iam, sqs } = createClients({ region: "eu-west-1" });
    expect([await iam.config.maxAttempts(), await sqs.config.maxAttempts()]).toEqual([10, 3]);
});

test("a client is made once, when it is first used", () => {
    const clients = createClients({ region: "eu-west-1" });
    const made = () => Object.values(Object.getOwnPropertyDescriptors(clients)).filter(({ get }) => get === undefined);
    expect(made()).toEqual([]);
    expect(clients.sqs).toBe(clients.sqs);
    expect(made()).toHaveLength(1);
});

test("the SDK repeats a call that failed, but never a statement of the database, which may have run", async () => {
    let calls = 0;
    const server = createServer((_, response) => {
        calls += 1;
        response.writeHead(500).end("{}");
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const endpoint = `http://127.0.0.1:${port}`;
    const credentials = { accessKeyId: "made-up", secretAccessKey: "made-up" };
    const { sqs, rdsData } = createClients({ region: "us-east-1", endpoint, credentials });
    try {
        await expect(sqs.send(new ListQueuesCommand({}))).rejects.toThrow();
        expect(calls).toBe(3);
        calls = 0;
        const statement = { resourceArn: "cluster", secretArn: "secret", sql: "select 1" };
        await expect(rdsData.send(new ExecuteStatementCommand(statement))).rejects.toThrow();
        expect(calls).toBe(1);
    } finally {
        [sqs, rdsData].forEach((client) => {
            client.destroy();
        });
        await new Promise((closed) => server.close(closed));
    }
});
