import { expect, test } from "@jest/globals";
import { nameWithoutSuffix, resourceKinds } from "../../../../analysis/consistency/resource-kinds.ts";
import { compareStacks } from "../../../../analysis/consistency/stack-differences.ts";
import { planOfConfig, settingsFromConfig } from "../../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";

/** The stack with the settings of prod under another name. */
async function planned(stack: string, environment = stack) {
    const config = withSettings(readStackConfig("prod"), { environment, environmentSuffix: stack });
    return { plan: await planOfConfig(config, stack), settings: settingsFromConfig(config) };
}

test("the same settings build the same under every name: nothing in the program asks which stack it is", async () => {
    const prod = await planned("prod");
    for (const [stack, environment] of [
        ["dev", "dev"],
        ["staging", "staging"],
        ["pr-123", "dev"],
        ["v2", "staging"],
    ] as const) {
        const other = await planned(stack, environment);
        expect(resourceKinds(other.plan, stack)).toEqual(resourceKinds(prod.plan, "prod"));
        expect(compareStacks(prod, other)).toMatchObject({ structure: [], properties: [] });
    }
});

test.each([
    ["payment-cache-2-memory-full-prod", "prod", "payment-cache-#-memory-full"],
    ["payment-database-1-pr-123", "pr-123", "payment-database-#"],
    ["payment-cache-v2", "v2", "payment-cache"],
    ["payment-http2-prod", "prod", "payment-http2"],
    ["payment-dev", "prod", "payment-dev"],
])("%s of a stack with the suffix %s is %s", (name, suffix, expected) => {
    expect(nameWithoutSuffix(name, suffix)).toBe(expected);
});
