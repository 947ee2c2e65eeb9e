import { expect, test } from "@jest/globals";
import { isReserved, maxSuffixLength } from "../../lib/settings/names.ts";
import { namePattern } from "../../lib/settings/fields.ts";
import { readSettings } from "../../lib/settings.ts";
import { planTestStack } from "../stacks.ts";
import { describeViolations, planOfConfig, settingsFromConfig } from "./checks/config-plans.ts";
import { physicalName } from "../../plan/physical-names.ts";
import { readStackConfig, withSettings } from "./settings/stack-config.ts";

const serviceNames = ["api", "payment", "notification"];
const service = (priority: number, path: string) => ({
    path,
    priority,
    cpuUnits: 256,
    memoryMib: 512,
    minTasks: 1,
    maxTasks: 10,
});

/** The stack under the longest suffix. In dev each service has a route, and so a target group with its name. */
const longestNames = (stack: string) =>
    withSettings(readStackConfig(stack), {
        environmentSuffix: "s".repeat(maxSuffixLength(serviceNames).length),
        ...(stack === "dev" && {
            "services.payment.path": "/payment/*",
            "services.notification.path": "/notification/*",
        }),
    });

test.each(["dev", "staging", "prod"])("%s under the longest suffix is within every limit of AWS", async (stack) => {
    const config = longestNames(stack);
    expect(maxSuffixLength(serviceNames).length).toBeGreaterThanOrEqual("staging".length);
    expect(describeViolations(await planOfConfig(config), settingsFromConfig(config))).toEqual([]);
});

test("with short service names the load balancer's name is the limit, and its longest name is valid", async () => {
    const config = withSettings(readStackConfig("dev"), {
        services: { a: service(1, "/a/*") },
        environmentSuffix: "s".repeat(maxSuffixLength(["a"]).length),
    });
    expect(describeViolations(await planOfConfig(config), settingsFromConfig(config))).toEqual([]);
});

test.each([
    [serviceNames, "target group notification-<suffix>"],
    [["a"], "load balancer payment-<suffix>"],
])("a longer suffix with %j is refused, with the name that would be too long", (names, because) => {
    const { length } = maxSuffixLength(names);
    const services = Object.fromEntries(names.map((name, i) => [name, service(i + 1, `/${name}/*`)]));
    const config = withSettings(readStackConfig("dev"), { services, environmentSuffix: "s".repeat(length + 1) });
    const { problems = [] } = readSettings(config, [], "2026-06-30");
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`payment-platform:environmentSuffix must have at most ${length} characters`);
    expect(problems[0]).toContain(because);
});

test("the longest names fill their limit to the last character", async () => {
    const plan = await planOfConfig(longestNames("dev"));
    const groups = plan.nodes.filter(({ type }) => type === "aws:lb/targetGroup:TargetGroup");
    expect(groups.map((node) => physicalName(node)?.length).toSorted()).toEqual([23, 27, 32]);
});

test("a service may have any name that is not reserved", async () => {
    const { nodes } = await planTestStack("staging");
    const nouns = nodes
        .filter(
            (node) =>
                physicalName(node) !== undefined &&
                !/[$](Service|Monitoring)[$]/.test(node.urn.replaceAll("payment:index:", "")),
        )
        .map(({ name }) => name.replace(/^payment-/, "").replace(/-staging$/, ""));
    const free = [...new Set(nouns)].filter((noun) => namePattern.test(noun) && !isReserved(noun) && noun.length < 20);
    expect(free.length).toBeGreaterThan(5);
    const services = Object.fromEntries(free.map((noun, i) => [noun, service(i + 1, `/${noun}/*`)]));
    // Those of queues and topics are free where the stack has none of them.
    const config = withSettings(readStackConfig("dev"), { services, queues: {}, topics: {}, environmentSuffix: "a" });
    expect(describeViolations(await planOfConfig(config), settingsFromConfig(config))).toEqual([]);
});
