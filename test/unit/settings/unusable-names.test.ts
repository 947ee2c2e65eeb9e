import { expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings.ts";
import { readStackConfig } from "./stack-config.ts";

test.each([
    ["services", '{"api":{},"__proto__":{}}', "payment-platform:services.__proto__"],
    ["queues", '{"__proto__":{}}', "payment-platform:queues.__proto__"],
    ["gateway", '{"merchants":{"__proto__":{"burst":5}}}', "payment-platform:gateway.merchants.__proto__"],
    ["tags", '{"__proto__":"x"}', "payment-platform:tags.__proto__"],
])("an entry of %s that JavaScript cannot hold is refused, not left out", (field, text, label) => {
    const { problems } = readSettings(
        { ...readStackConfig("dev"), [`payment-platform:${field}`]: text },
        [],
        "2026-06-30",
    );
    expect(problems).toContain(`${label} must have another name: the platform cannot read an entry of this one`);
});

test("a group that has no such setting reports the name once", () => {
    const config = { ...readStackConfig("dev"), "payment-platform:logs": '{"level":"info","__proto__":1}' };
    const { problems = [] } = readSettings(config, [], "2026-06-30");
    expect(problems.filter((line) => line.includes("logs.__proto__"))).toHaveLength(1);
});
