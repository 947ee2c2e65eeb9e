import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, test } from "@jest/globals";
import { eventually } from "../../tools/frame/eventually.ts";
import type { ServiceName } from "../../tools/local/machine/start.ts";
import { patience } from "../services/support/patience.ts";
import { TableLock } from "./support/database.ts";
import { payments, survive } from "./support/fault.ts";
import { Platform } from "./support/platform.ts";

let platform: Platform;

/** What a killed task had received is given to another one after these seconds, in place of 60, so that a test need not wait. */
const visibilitySeconds = 5;

beforeAll(async () => {
    platform = await Platform.start({ visibilitySeconds });
});

afterAll(() => platform.stop());

test("no fault, to compare with", async () => {
    await survive(platform, "no fault", () => Promise.resolve());
});

describe("SIGKILL", () => {
    test.each(["api", "payment", "notification"] as const)("of %s at random moments", async (service) => {
        await survive(platform, `${service} killed at random`, async (isSending) => {
            for (let kills = 0; kills < 4 && (isSending() || kills === 0); kills += 1) {
                await setTimeout(200 + Math.random() * 1_500);
                await platform.kill(service, "one");
            }
        });
    });

    /** A point of a service's work, where it can be made to wait. */
    interface Point {
        readonly wait: () => Promise<void>;
        /** The point also keeps the api service from accepting payments. @default false */
        readonly stopsPayments?: boolean;
        readonly isReached: () => Promise<boolean>;
        readonly release: () => Promise<void>;
    }

    /** Kills all tasks of the service, once one of them is at the point. */
    const killAt = async (service: ServiceName, name: string, point: Point) => {
        const { wait, stopsPayments = false, isReached, release } = point;
        // Before the first payment where possible: few of them may be done before the point is set.
        if (!stopsPayments) {
            await wait();
        }
        await survive(
            platform,
            `${service} killed: ${name}`,
            async () => {
                if (stopsPayments) {
                    await wait();
                }
                await eventually(name, async () => ((await isReached()) ? true : undefined), patience);
                await platform.kill(service);
                await release();
            },
            release,
            { payments: Math.max(24, Math.round(payments / 10)) },
        );
    };

    test.each<[ServiceName, string, string]>([
        ["payment", "before the acquirer has the authorization", "authorize before"],
        ["payment", "authorized, and not answered", "authorize after"],
        ["payment", "before the acquirer has the capture", "capture before"],
        ["payment", "captured, and not answered", "capture after"],
        ["payment", "before the acquirer has the refund", "refund before"],
        ["payment", "refunded, and not answered", "refund after"],
    ])("of %s: %s", async (service, name, hold) => {
        await killAt(service, name, {
            wait: () => platform.acquirer.setFaults({ hold }),
            isReached: () => platform.acquirer.isHolding(),
            release: () => platform.acquirer.setFaults({}),
        });
    });

    test.each<[ServiceName, string, string]>([
        ["api", "committed, and the message not sent", "SendMessageBatch processing before"],
        ["api", "message sent, and still in the outbox", "SendMessageBatch processing after"],
        ["payment", "committed, and the event not published", "PublishBatch before"],
        ["payment", "event published, and still in the outbox", "PublishBatch after"],
        ["payment", "message done, and not deleted", "DeleteMessage processing before"],
        ["notification", "event recorded, and the message not deleted", "DeleteMessage notifications before"],
    ])("of %s: %s", async (service, name, hold) => {
        const { queues } = platform;
        await killAt(service, name, {
            wait: () => {
                queues.hold.set(hold);
                return Promise.resolve();
            },
            isReached: () => Promise.resolve(queues.hold.isHolding),
            release: () => {
                queues.hold.release();
                return Promise.resolve();
            },
        });
    });

    test.each<[ServiceName, string, string]>([
        ["api", "before the commit of a payment", "payments.payment"],
        ["payment", "before the commit of a status", "payments.payment"],
        ["notification", "before the commit of an event", "payments.event"],
    ])("of %s: %s", async (service, name, table) => {
        const lock = new TableLock(table);
        await killAt(service, name, {
            wait: () => lock.take(),
            stopsPayments: service === "payment",
            isReached: () => lock.holdsUp(`payment_${service}`),
            release: () => lock.release(),
        });
    });
});
