import { beforeAll, describe, expect, test } from "@jest/globals";
import { newPaths, newRights } from "../../../../analysis/difference/new-access.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { planOfConfig } from "../../../stacks.ts";
import { changePolicy } from "../../checks/fault.ts";
import { readStackConfig, withSetting } from "../../settings/stack-config.ts";

const planWith = (field: string, value: unknown): Promise<Plan> =>
    planOfConfig(withSetting(readStackConfig("dev"), field, value), "dev");

const lines = (found: ReturnType<typeof newRights>): string[] =>
    found.map(({ kind, resource, text }) => `${resource}:${kind} ${text}`);

let dev: Plan;
beforeAll(async () => {
    dev = await planOfConfig(readStackConfig("dev"), "dev");
});

test("the same plan gives no right and opens no path", async () => {
    const again = await planOfConfig(readStackConfig("dev"), "dev");
    expect([...newRights(dev, again), ...newPaths(dev, again)]).toEqual([]);
});

test("a stack without its trail gives no right", async () => {
    expect(newRights(dev, await planWith("audit.cloudTrail", false))).toEqual([]);
});

describe("a service that gets the cache", () => {
    let after: Plan;
    beforeAll(async () => {
        after = await planWith("services.notification.stores", ["database", "cache"]);
    });

    test("reports the permission to read the token, by its role", () => {
        expect(lines(newRights(dev, after))).toEqual([
            expect.stringMatching(
                /^payment-notification-(task|execution)-dev:rights gives payment-notification-(task|execution)-dev: secretsmanager:GetSecretValue on payment-cache-token-dev/,
            ),
        ]);
    });

    test("reports the path, by the cache", () => {
        expect(lines(newPaths(dev, after))).toEqual([
            "payment-cache-dev:path opens payment-notification-dev (service) -> payment-cache-dev (store), tcp 6379",
        ]);
    });

    test("reports nothing for the reverse change", () => {
        expect([...newRights(after, dev), ...newPaths(after, dev)]).toEqual([]);
    });
});

test("a new service is one line of each kind, by its name, with all that it may do", async () => {
    const fraud = { path: "/fraud/*", priority: 40, cpuUnits: 256, memoryMib: 512, minTasks: 1, maxTasks: 5 };
    const after = await planWith("services.fraud", { ...fraud, stores: ["database"], sends: ["processing"] });
    const [rights, ...moreRights] = newRights(dev, after);
    expect(moreRights).toEqual([]);
    expect(rights).toMatchObject({ kind: "rights", resource: "payment-fraud-dev", losesData: false });
    expect(rights?.text).toMatch(/payment-fraud-task-dev: .*rds-db:connect on payment_fraud of payment-database-dev/);
    expect(rights?.text).toContain("sqs:GetQueueUrl, sqs:SendMessage on payment-processing-dev");
    expect(rights?.text).toContain("ecs-tasks.amazonaws.com: sts:AssumeRole on payment-fraud-");
    const [paths, ...morePaths] = newPaths(dev, after);
    expect(morePaths).toEqual([]);
    expect(paths).toMatchObject({ kind: "path", resource: "payment-fraud-dev" });
    expect(paths?.text).toContain("payment-fraud-dev (service) -> payment-database-dev (store), tcp 5432");
});

test("another account that may assume a role, and one that a queue policy allows, are reported", () => {
    const trusted = changePolicy(
        "aws:iam/role:Role",
        "payment-api-task",
        '"Service":"ecs-tasks.amazonaws.com"',
        '"AWS":"999999999999"',
        "assumeRolePolicy",
    )(dev);
    expect(lines(newRights(dev, trusted))).toEqual([
        expect.stringMatching(
            /^payment-api-task-dev:rights gives 999999999999: sts:AssumeRole on payment-api-task-dev/,
        ),
    ]);
    const open = changePolicy(
        "aws:sqs/queuePolicy:QueuePolicy",
        "payment-notifications-dev",
        '"Service":"sns.amazonaws.com"',
        '"AWS":"999999999999"',
    )(dev);
    expect(lines(newRights(dev, open))).toEqual([
        expect.stringMatching(
            /^payment-notifications-dev:rights gives 999999999999: sqs:SendMessage on payment-notifications-dev/,
        ),
    ]);
});

test("a removed condition is reported, and an added one is not", () => {
    const loose = changePolicy(
        "aws:sqs/queuePolicy:QueuePolicy",
        "payment-notifications-dev",
        /,"Condition":\{"ArnEquals":[^}]*\}\}/,
        "",
    )(dev);
    expect(lines(newRights(dev, loose))).toEqual([
        "payment-notifications-dev:rights gives sns.amazonaws.com: sqs:SendMessage on payment-notifications-dev",
    ]);
    expect(newRights(loose, dev)).toEqual([]);
});

test("a service that may publish needs that permission, and no path", async () => {
    const after = await planWith("services.notification.publishes", ["events"]);
    expect(lines(newRights(dev, after))).toEqual([
        expect.stringMatching(/^payment-notification-task-dev:rights gives .*sns:Publish on payment-events-dev/),
    ]);
    expect(newPaths(dev, after)).toEqual([]);
});
