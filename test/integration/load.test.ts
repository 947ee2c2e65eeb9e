import { describe, expect } from "@jest/globals";
import { servicesWithPath } from "../../lib/settings/service-path.ts";
import { sendRequests } from "./scenarios/load-generator.ts";
import { maxRequestsPerSecond, runLoadTest } from "./scenarios/load.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { destroysOnAws, printedResult, minutes, drillContextOfStack } from "./support/drill-context.ts";
import { outputsOf } from "./support/stack.ts";

/** A number from the environment, within the limit of a test. */
const bounded = (name: string, otherwise: number, most: number): number => {
    const given = Number(process.env[name] ?? otherwise);
    if (!(given > 0 && given <= most)) {
        throw new Error(`${name} must be a number above 0 and at most ${most}, got ${process.env[name] ?? ""}`);
    }
    return given;
};

describe("services meet their SLO under load", () => {
    destroysOnAws(
        "they answer within a second and scale out when needed",
        "no task runs",
        async () => {
            const { apiUrl, manifest } = outputsOf();
            const { waf, services } = readSettingsOfStack(process.cwd(), process.env.STACK ?? manifest.stack);
            const loadBalancer =
                manifest.resources
                    .find(({ type }) => type === "aws:lb/loadBalancer:LoadBalancer")
                    ?.arn?.replace(/^.*:loadbalancer\//, "") ?? "";
            const rate = Math.min(maxRequestsPerSecond(waf.requestsPer5Minutes), 50);
            for (const [service, { path }] of servicesWithPath(services)) {
                const found = printedResult(
                    await runLoadTest(
                        drillContextOfStack(),
                        {
                            service,
                            url: apiUrl + path.replace("*", "health"),
                            seconds: bounded("LOAD_SECONDS", 300, 900),
                            requestsPerSecond: bounded("LOAD_REQUESTS_PER_SECOND", rate, 500),
                            connections: 20,
                            loadBalancer,
                            firewallLimit: waf.requestsPer5Minutes,
                        },
                        sendRequests,
                    ),
                );
                expect(found?.sent.requests ?? 1).toBeGreaterThan(0);
            }
        },
        minutes(120),
    );
});
