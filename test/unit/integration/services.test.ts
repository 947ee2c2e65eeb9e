import type { Service } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "@jest/globals";
import { unsteady } from "../../integration/live/steady.ts";
import { eventually } from "../../../tools/frame/eventually.ts";
import { reasonWithoutPayments, servicesOfPayment } from "../../integration/support/workflow.ts";
import { readStack } from "../../../plan/stack-file.ts";
import { testProjectFolder } from "../../project.ts";
import { settingsFromConfig } from "../checks/config-plans.ts";

const definition = "arn:aws:ecs:us-east-1:123456789012:task-definition/payment-api-dev:7";
const primary = {
    id: "ecs-svc/1",
    status: "PRIMARY",
    taskDefinition: definition,
    rolloutState: "COMPLETED",
    failedTasks: 0,
} as const;
const service: Service = {
    serviceName: "payment-api-dev",
    status: "ACTIVE",
    taskDefinition: definition,
    desiredCount: 2,
    runningCount: 2,
    deployments: [primary],
};

test("a steady service has no problem", () => {
    expect(unsteady(service)).toEqual([]);
});

test.each<[string, Service, string]>([
    [
        "a rollout that failed",
        {
            ...service,
            deployments: [{ ...primary, rolloutState: "FAILED", rolloutStateReason: "tasks failed to start" }],
        },
        "payment-api-dev its rollout is FAILED: tasks failed to start",
    ],
    [
        "a rollback, although it is completed",
        {
            ...service,
            deployments: [
                {
                    ...primary,
                    rolloutStateReason: "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/0.",
                },
            ],
        },
        "payment-api-dev was rolled back: ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/0.",
    ],
    [
        "a deployment that is not over",
        { ...service, deployments: [primary, { ...primary, id: "ecs-svc/0", status: "ACTIVE" }] },
        "payment-api-dev deployment ecs-svc/0 is still ACTIVE",
    ],
    ["tasks that do not start", { ...service, runningCount: 1 }, "payment-api-dev runs 1 of 2 tasks"],
    [
        "tasks that failed",
        { ...service, deployments: [{ ...primary, failedTasks: 3 }] },
        "payment-api-dev 3 of its tasks failed",
    ],
    ["a service that is going", { ...service, status: "DRAINING" }, "payment-api-dev is DRAINING"],
])("%s is reported", (_, seen, problem) => {
    expect(unsteady(seen)).toEqual([problem]);
});

/** Time that passes only by waiting. */
const clock = () => {
    let time = 0;
    return { now: () => time, pause: (ms: number) => Promise.resolve((time += ms)), within: 10_000, every: 4_000 };
};

test("a value that is not there yet is waited for", async () => {
    const answers = [undefined, undefined, "line"];
    expect(await eventually("a line", () => Promise.resolve(answers.shift()), clock())).toBe("line");
});

test("a value that never arrives ends the wait with its name", async () => {
    let asked = 0;
    const never = () => {
        asked += 1;
        return Promise.resolve(undefined);
    };
    await expect(eventually("a line", never, clock())).rejects.toThrow("a line did not come within 10 s");
    expect(asked).toBe(3);
});

describe("a payment through the services of a stack", () => {
    const settings = settingsFromConfig(readStack(testProjectFolder, "dev").config);
    const imageDigest = `sha256:${"a".repeat(64)}`;
    const withImages = {
        ...settings,
        services: Object.fromEntries(
            Object.entries(settings.services).map(([name, one]) => [name, { ...one, imageDigest }]),
        ),
    };
    const { api, payment, ...others } = withImages.services;

    test("passes those that accept it, process it and notify of it", () => {
        expect(servicesOfPayment(settings)).toEqual(["api", "payment", "notification"]);
    });

    test.each([
        ["once all have an image", withImages, undefined, undefined],
        ["not without images", settings, undefined, "no task runs: set imageDigest of api, payment, notification"],
        [
            "not where the images are others",
            withImages,
            "yes",
            /^OTHER_SERVICES=yes says that the images are not those/,
        ],
        ["not without the service api", { ...withImages, services: others }, undefined, /^no service api has the path/],
        [
            "not without a merchant",
            { ...withImages, gateway: { ...settings.gateway, merchants: {} } },
            undefined,
            "the stack has no merchant",
        ],
        [
            "not with an acquirer, who would move money",
            {
                ...withImages,
                services: {
                    api,
                    ...others,
                    payment: { ...payment, acquirer: { url: "https://acquirer.example.com" } },
                },
            },
            undefined,
            "payment calls an acquirer, with which no test may pay",
        ],
    ])("can be made %s", (_, given, otherServices, why) => {
        const reason = reasonWithoutPayments(given as typeof settings, otherServices);
        expect(reason).toEqual(why instanceof RegExp ? expect.stringMatching(why) : why);
    });
});
