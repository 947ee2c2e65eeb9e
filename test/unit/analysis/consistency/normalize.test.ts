import { expect, test } from "@jest/globals";
import { normalizeResources } from "../../../../analysis/consistency/normalize.ts";
import type { Value } from "../../../../plan/value.ts";
import { planNode } from "../../../plan-node.ts";
import { settingsFromConfig } from "../../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";

/** The normalized value of an input of the one resource of a plan. */
function normalizedInput(input: Value, config = readStackConfig("dev")): unknown {
    const node = planNode({ type: "aws:cloudwatch/dashboard:Dashboard", name: "payment-dev", inputs: { input } });
    const plan = {
        ...{ project: "payment-platform", stack: "dev", nodes: [node], outputs: {}, unknownOutputs: [] },
        ...{ inventedAnswers: [], messages: [] },
    };
    const [resource] = normalizeResources(plan, settingsFromConfig(config)).values();
    return resource?.inputs;
}

test("how many equal items a list has is a setting, but in a line of a graph each item has its place", () => {
    expect(normalizedInput(["subnet", "subnet"])).toEqual({ input: ["subnet"] });
    const line = ["Service", "api", "Cluster", "api", { stat: "Sum" }];
    expect(normalizedInput(line)).toEqual({ input: line });
    expect(normalizedInput(JSON.stringify({ metrics: line }))).toEqual({ input: { metrics: line } });
});

test("the name of an environment is text, whatever it means in a regular expression", () => {
    const config = withSettings(readStackConfig("dev"), { environment: "c++" });
    const described = (environment: string) => normalizedInput(`Alerts of the payment platform ${environment}`, config);
    expect(described("c++")).toEqual(described("dev"));
    expect(described("ccc")).not.toEqual(described("dev"));
});

test.each([
    ["10.0.0.0/16", { input: "<network.cidr>+0/16" }],
    ["10.0.16.0/20", { input: "<network.cidr>+4096/20" }],
    ["10.1.0.0/16", { input: "10.1.0.0/16" }],
    ["10.0.0.0/8", { input: "10.0.0.0/8" }],
    ["0.0.0.0/0", { input: "0.0.0.0/0" }],
])("the block %s is compared by its place in the VPC, if it is in it", (cidr, expected) => {
    const config = withSettings(readStackConfig("dev"), { "network.cidr": "10.0.0.0/16" });
    expect(normalizedInput(cidr, config)).toEqual(expected);
});
