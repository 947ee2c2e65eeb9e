import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { eventually } from "../../tools/frame/eventually.ts";
import { cacheServer } from "../../tools/local/machine/cache.ts";
import { startMachine } from "../../tools/local/machine/start.ts";
import { localArn, localSources } from "../../tools/local/replacements.ts";
import { reachableFromOutside } from "./support/other-addresses.ts";
import { listeningPort } from "../../tools/frame/listening-port.ts";
import { patience } from "./support/patience.ts";
import { machineFolder } from "./support/processes.ts";
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

test("no other host reaches a service or what it connects to", async () => {
    const { apiPort, machine } = underTest();
    const ports = [apiPort, Number(new URL(machine.awsEndpoint).port), machine.databasePort, machine.cachePort];
    expect(await Promise.all(ports.map(reachableFromOutside))).toEqual([[], [], [], []]);

    // The same question of a listener on all addresses has an answer.
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
    const reached = await reachableFromOutside(listeningPort(server));
    server.close();
    expect(reached).not.toEqual([]);
});

test("the file from which PostgreSQL takes the first password has none that is valid", async () => {
    const directory = mkdtempSync(join(tmpdir(), "services-"));
    const starting = startMachine(machineFolder, {
        ...{ directory, platform: platformUnderTest(), cacheServer: cacheServer(process.env) ?? "", merchants: {} },
    });
    const firstPassword = () => {
        const [file] = readdirSync(directory).filter((name) => name.startsWith("pg-password-"));
        const text = file === undefined ? "" : readFileSync(join(directory, file), "utf8");
        return Promise.resolve(text === "" ? undefined : text);
    };
    const [{ machine, stop }, text] = await Promise.all([starting, eventually("the file", firstPassword, patience)]);
    await stop();
    expect(text).not.toContain(machine.master.password);
    expect(text).toMatch(/^SCRAM-SHA-256\$/);
});
