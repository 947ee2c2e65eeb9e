import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { newId } from "../../services/common/ids.ts";
import { readSecrets } from "../../tools/local/replacements.ts";
import type { AcquirerFaults } from "../services/support/acquirer/faults.ts";
import { payments, survive } from "./support/fault.ts";
import { Platform } from "./support/platform.ts";

let platform: Platform;

beforeAll(async () => {
    platform = await Platform.start();
});

afterAll(() => platform.stop());

const untilSent = async (isSending: () => boolean) => {
    while (isSending()) {
        await setTimeout(100);
    }
};

describe("the acquirer", () => {
    test.each<[string, Partial<AcquirerFaults>]>([
        ["answers after 300 ms", { delayMs: 300 }],
        ["answers a third of the calls with 503", { failPercent: 33 }],
        ["has done 2 of 100 calls, and answers them after the client has given up", { silentPercent: 2 }],
        ["decides 2 of 100 calls late, and refuses their repetition until then", { undecidedPercent: 2 }],
        ["refuses the credential once", { refuseCredentialOnce: true }],
    ])("%s", async (name, faults) => {
        await survive(platform, `acquirer ${name}`, async (isSending) => {
            await platform.acquirer.setFaults(faults);
            await untilSent(isSending);
        });
    });

    test("is killed, and started again with its ledger", async () => {
        await survive(platform, "acquirer killed and started again", async () => {
            await setTimeout(500);
            await platform.acquirer.stop();
            await setTimeout(5_000);
            await platform.acquirer.run();
        });
    });

    test("is away for longer than five receives of a message take", async () => {
        await survive(platform, "acquirer away for 40 s", async () => {
            await platform.acquirer.stop();
            await setTimeout(40_000);
            await platform.acquirer.run();
        });
    });

    test("has another credential, three times", async () => {
        const { secretsFile, acquirerSecretArn } = platform.machine;
        const rotate = (value: string) => {
            const secrets = readSecrets(platform.machine);
            writeFileSync(secretsFile, JSON.stringify({ ...secrets, [acquirerSecretArn]: value }));
        };
        await survive(platform, "credential of the acquirer rotated three times", async () => {
            for (let times = 0; times < 3; times += 1) {
                await setTimeout(500);
                rotate(newId());
            }
        });
    });

    test("and a visibility timeout of 1 s make several tasks do the same work", async () => {
        const impatient = await Platform.start({ visibilitySeconds: 1, paymentTasks: 4 });
        try {
            await survive(
                impatient,
                "visibility timeout of 1 s, and acquirer answers after 1.2 s",
                async (isSending) => {
                    await impatient.acquirer.setFaults({ delayMs: 1_200 });
                    await untilSent(isSending);
                },
                undefined,
                // Ten payments take 2.4 s.
                { payments: Math.max(24, Math.round(payments / 4)) },
            );
        } finally {
            await impatient.stop();
        }
    });
});

test("the credential of the acquirer is in no log", () => {
    const { directory, acquirerSecretArn } = platform.machine;
    const secrets = readSecrets(platform.machine);
    const logs = readdirSync(directory).filter((name) => name.endsWith(".log"));
    expect(logs.length).toBeGreaterThan(3);
    for (const log of logs) {
        const text = readFileSync(join(directory, log), "utf8");
        expect(text).not.toContain(secrets[acquirerSecretArn] ?? "");
        expect(text).not.toMatch(/Bearer/);
    }
});
