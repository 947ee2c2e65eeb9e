import { describe, expect } from "@jest/globals";
import { servicesWithPath } from "../../lib/settings/service-path.ts";
import { sendRequests, sendSteadily } from "./scenarios/load-generator.ts";
import {
    dollarsPerMillionAtApi,
    dollarsPerMillionAtLoadBalancer,
    limitAtApi,
    limitAtLoadBalancer,
    runLoadTest,
    type LoadLimit,
} from "./scenarios/load.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { untilStatus } from "../../tools/local/merchant-client.ts";
import { expectAcceptedOnce } from "../payment-workflow.ts";
import { destroysOnAws, printedResult, minutes, drillContextOfStack } from "./support/drill-context.ts";
import { ask } from "./support/merchant.ts";
import { outputsOf } from "./support/stack.ts";
import { reasonWithoutPayments } from "./support/workflow.ts";

/** A number from the environment, within the limit of a test. */
const bounded = (name: string, otherwise: number, most: number): number => {
    const given = Number(process.env[name] ?? otherwise);
    if (!(given > 0 && given <= most)) {
        throw new Error(`${name} must be a number above 0 and at most ${most}, got ${process.env[name] ?? ""}`);
    }
    return given;
};

/** The duration and the rate of a load: as asked for, or as much as the stack allows, and 50 requests a second at most. */
const askedFor = (limit: LoadLimit) => ({
    limit,
    seconds: bounded("LOAD_SECONDS", 300, 900),
    requestsPerSecond: bounded("LOAD_REQUESTS_PER_SECOND", Math.min(limit.requestsPerSecond, 50), 500),
    connections: 20,
});

const settingsOfStack = () => readSettingsOfStack(process.cwd(), process.env.STACK ?? outputsOf().manifest.stack);

/** As CloudWatch names it. */
const loadBalancerOfStack = (): string =>
    outputsOf()
        .manifest.resources.find(({ type }) => type === "aws:lb/loadBalancer:LoadBalancer")
        ?.arn?.replace(/^.*:loadbalancer\//, "") ?? "";

describe("services meet their SLO under load", () => {
    destroysOnAws(
        "they answer within a second and scale out when needed",
        "no task runs",
        async () => {
            const settings = settingsOfStack();
            for (const [service, { path }] of servicesWithPath(settings.services)) {
                const load = {
                    ...askedFor(limitAtLoadBalancer(settings.waf.requestsPer5Minutes)),
                    service,
                    url: outputsOf().apiUrl + path.replace("*", "health"),
                    loadBalancer: loadBalancerOfStack(),
                    dollarsPerMillionRequests: dollarsPerMillionAtLoadBalancer,
                };
                const found = printedResult(await runLoadTest(drillContextOfStack(), load, sendRequests));
                expect(found?.sent.requests ?? 1).toBeGreaterThan(0);
            }
        },
        minutes(120),
    );

    destroysOnAws(
        "a merchant reads the status of a payment within a second",
        "no task runs",
        async () => {
            const settings = settingsOfStack();
            const skipped = reasonWithoutPayments(settings, process.env.OTHER_SERVICES);
            if (skipped !== undefined) {
                printedResult({ skipped });
                return;
            }
            const context = drillContextOfStack();
            const { id } = await expectAcceptedOnce(ask);
            await untilStatus(ask, id, ["captured"], { within: 120_000, every: 5_000 });
            // `ask` sends as the first merchant.
            const [merchant = ""] = Object.keys(outputsOf().merchantKeySecretArns);
            const { ratePerSecond = 0 } = settings.gateway.merchants[merchant] ?? {};
            const path = `/api/payments/${id}`;
            const load = {
                ...askedFor(limitAtApi(merchant, ratePerSecond)),
                service: "api",
                url: outputsOf().apiGatewayUrl + path,
                loadBalancer: loadBalancerOfStack(),
                dollarsPerMillionRequests: dollarsPerMillionAtApi,
            };
            const found = printedResult(
                await runLoadTest(context, load, (sent) => sendSteadily(context.clock, sent, () => ask({ path }))),
            );
            expect(found?.sent.requests ?? 1).toBeGreaterThan(0);
        },
        minutes(60),
    );
});
