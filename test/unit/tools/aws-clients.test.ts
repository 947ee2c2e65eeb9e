import { expect, test } from "@jest/globals";
import { createClients } from "../../../tools/frame/aws-clients.ts";

test("every client uses the given region", async () => {
    const clients = Object.values(createClients({ region: "eu-west-1" }));
    expect(clients.length).toBeGreaterThan(10);
    for (const { config } of clients) {
        await expect(config.region()).resolves.toBe("eu-west-1");
    }
});

test("a client is made once, when it is first used", () => {
    const clients = createClients({ region: "eu-west-1" });
    const made = () => Object.values(Object.getOwnPropertyDescriptors(clients)).filter(({ get }) => get === undefined);
    expect(made()).toEqual([]);
    expect(clients.sqs).toBe(clients.sqs);
    expect(made()).toHaveLength(1);
});
