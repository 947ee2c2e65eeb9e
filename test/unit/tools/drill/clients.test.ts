import { expect, test } from "@jest/globals";
import { createDrillClients } from "../../../../tools/drill/clients.ts";

test("every client uses the given region", async () => {
    const clients = Object.values(createDrillClients({ region: "eu-west-1" }));
    expect(clients.length).toBeGreaterThan(10);
    for (const { config } of clients) {
        await expect(config.region()).resolves.toBe("eu-west-1");
    }
});
