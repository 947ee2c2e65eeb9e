import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { alternatives, suggestName } from "../../../lib/settings/problem.ts";
import { isReserved, maxNameLength, maxSuffixLength, nameLimits } from "../../../lib/settings/names.ts";

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,14}$/);

test("at the longest suffix every name is within AWS's limit, and one of them fills it", () => {
    fc.assert(
        fc.property(fc.array(name, { minLength: 1, maxLength: 10 }), (services) => {
            const suffix = "s".repeat(maxSuffixLength(services, { reconciled: services, queues: services }).length);
            const spare = nameLimits.flatMap(({ pattern, limit, ending }) =>
                services.map((service) => {
                    const made = pattern
                        .replace("{service}", service)
                        .replace("{serviceWithPath}", service)
                        .replace("{reconciledService}", service)
                        .replace("{queue}", service)
                        .replace("{suffix}", suffix);
                    return limit - made.length - (ending?.length ?? 0);
                }),
            );
            expect(Math.min(...spare)).toBe(0);
        }),
    );
});

test("a worker has no target group, so its name may be longer; a long queue name leaves less room", () => {
    const name = "w".repeat(25);
    expect(maxSuffixLength([name]).because).toContain("target group");
    expect(maxSuffixLength([name], { workers: [name] }).because).toContain("role payment-www");
    expect(maxSuffixLength([], { queues: ["q".repeat(60)] })).toMatchObject({
        length: 7,
        because: expect.stringContaining("the queue payment-qqq"),
    });
});

test("only the name of a service with a reconciliation leaves room for that of the task", () => {
    expect(maxSuffixLength(["payment"]).because).toContain("target group");
    expect(maxSuffixLength(["payment"], { reconciled: ["payment"] })).toEqual({
        length: 15,
        because:
            "AWS allows 64 characters for the role of the reconciliation payment-payment-reconciliation-execution-<suffix> and 8 characters that Pulumi adds",
    });
    expect(maxNameLength("reconciledWorker", "staging").length).toBe(15);
    expect(maxNameLength("worker", "staging").length).toBe(30);
});

test("without services the load balancer's name is the limit", () => {
    expect(maxSuffixLength([])).toMatchObject({ length: 16 });
});

test.each(["cache", "cache-token", "database", "alerts-critical", "trail", "validator-dlq", "lambda"])(
    "a service may not be called %s",
    (service) => {
        expect(isReserved(service)).toBe(true);
    },
);

test.each(["api", "payment", "notification", "cachet", "trail-2"])("a service may be called %s", (service) => {
    expect(isReserved(service)).toBe(false);
});

test("a choice of one is named alone", () => {
    expect(alternatives(["a"])).toBe('"a"');
    expect(alternatives(["a", 2, "c"])).toBe('"a", 2 or "c"');
});

test.each([
    ["cird", ["cidr", "egress"], "did you mean cidr?"],
    ["AccountID", ["accountId", "alerts"], "did you mean accountId?"],
    ["colour", ["cidr", "egress"], "valid names: cidr, egress"],
    ["", ["cidr"], "valid names: cidr"],
])("%j among %j: %s", (given, known, text) => {
    expect(suggestName(given, known)).toBe(text);
});
