import { join } from "node:path";
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "@jest/globals";
import { eventually } from "../../tools/frame/eventually.ts";
import { withTemporaryFolder } from "../../tools/frame/temporary-folder.ts";
import { requireCacheServer } from "../../tools/local/machine/cache.ts";
import { withSession } from "../../tools/local/machine/session.ts";
import { serviceNames } from "../../tools/local/machine/start.ts";
import { merchantAt } from "../../tools/local/merchant-client.ts";
import {
    amount,
    expectAcceptedOnce,
    expectCapturedAndRefunded,
    expectCardDataRefused,
    expectForgedHeadersReplaced,
    forgedHeaders,
} from "../payment-workflow.ts";
import { sendRequest } from "../services/support/client.ts";
import { deployedCredentials, deployedPlatform, outputsIn, secretValue } from "./support/deployed-services.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

/** Milliseconds that a busy machine may take. */
const patience = { within: 120_000, every: 200 };

/** Messages in a queue, whether or not a service has just received them. */
async function messagesIn(QueueName: string): Promise<number> {
    const sqs = new SQSClient({ region: process.env.AWS_REGION });
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
}

scenario("the services take a payment with the queues, the topic and the secrets that are deployed", 25, async () => {
    await project.ensureDeployed("dev");
    const outputs = outputsIn(await project.state("dev"));
    const platform = await deployedPlatform(outputs);
    const deployed = await deployedCredentials(outputs, platform);
    const [apiKey] = await Promise.all(Object.values(outputs.merchantKeySecretArns).map(secretValue));
    const server = requireCacheServer(process.env);
    const logs = new Map<string, string>();
    const args = {
        ...{ platform, deployed, merchants: [], port: 0, cacheServer: server, onStep: () => undefined },
        folder: join(process.cwd(), "tools", "local", "machine"),
        onLine: (source: string, line: string) => logs.set(source, `${logs.get(source) ?? ""}${line}\n`),
        signal: new AbortController().signal,
    };
    await withTemporaryFolder("payment-workflow-", (directory) =>
        withSession({ ...args, directory }, async ({ address, servicePorts }) => {
            const merchant = merchantAt(address, apiKey);
            // The services connect to Redis in the background, with a secret that a busy emulator is slow to give.
            await eventually(
                "an answer other than 503",
                async () => {
                    const { status } = await merchant({ path: "/api/payment-sessions", body: amount() });
                    return status === 503 ? undefined : status;
                },
                patience,
            );
            const { id, correlationId } = await expectAcceptedOnce(merchant);
            await expectCapturedAndRefunded(merchant, id, patience);
            await expectCardDataRefused(merchant);
            await expectForgedHeadersReplaced(merchant);
            const direct = await sendRequest(servicePorts.api ?? 0, { path: "/api/payments", headers: forgedHeaders });
            expect(direct).toMatchObject({ status: 403, text: expect.stringContaining("problem:forbidden") });
            expect(await merchantAt(address, "no-key")({ path: "/api/payments" })).toMatchObject({ status: 403 });
            for (const service of serviceNames) {
                expect({ service, hasLog: logs.get(service)?.includes(correlationId) }).toEqual({
                    ...{ service, hasLog: true },
                });
            }
        }),
    );
    const deadLetters = await Promise.all(Object.values(outputs.deadLetterQueueNames).map(messagesIn));
    expect(deadLetters.length).toBeGreaterThan(1);
    expect(deadLetters.filter((count) => count > 0)).toEqual([]);
});
