import { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, test } from "@jest/globals";
import { consoleUrl, endpointServiceName, partitionOfRegion, partitions, regionalHost } from "../../lib/partitions.ts";
import { visitNonSecretStrings } from "../../plan/value.ts";
import type { Plan } from "../../plan/plan.ts";
import { planOfConfig } from "../stacks.ts";
import { describeViolations, settingsFromConfig } from "./checks/config-plans.ts";
import { readStackConfig, withSettings } from "./settings/stack-config.ts";

const regions = ["us-east-1", "eu-west-3", "mx-central-1", "us-gov-west-1", "us-gov-east-1", "cn-north-1"] as const;

test.each(regions)("%s has the host names that the AWS SDK uses", (region) => {
    const { endpointProvider } = new SQSClient({ region }).config;
    expect(endpointProvider({ Region: region }).url.host).toBe(regionalHost("sqs", region));
});

test.each([
    ["us-east-1", "aws"],
    ["me-central-1", "aws"],
    ["us-gov-east-1", "aws-us-gov"],
    ["cn-northwest-1", "aws-cn"],
    ["zz-nowhere-1", "aws"],
])("%s is in %s, and in no other partition", (region, name) => {
    expect(partitionOfRegion(region).name).toBe(name);
    expect(partitions.filter(({ regions: pattern }) => pattern.test(region)).length).toBeLessThan(2);
});

test("endpoint services of China have the reversed domain where AWS calls them so", () => {
    expect(endpointServiceName("ecr.api", "cn-north-1")).toBe("cn.com.amazonaws.cn-north-1.ecr.api");
    expect(endpointServiceName("logs", "cn-north-1")).toBe("com.amazonaws.cn-north-1.logs");
    expect(endpointServiceName("ecr.api", "us-gov-west-1")).toBe("com.amazonaws.us-gov-west-1.ecr.api");
});

test("the console of each partition has an address of its own", () => {
    expect(["eu-west-1", "us-gov-west-1", "cn-north-1"].map(consoleUrl)).toEqual([
        "https://eu-west-1.console.aws.amazon.com",
        "https://us-gov-west-1.console.amazonaws-us-gov.com",
        "https://cn-north-1.console.amazonaws.cn",
    ]);
});

const imageDigest = `sha256:${"0123456789abcdef".repeat(4)}`;
const images = {
    "services.api.imageDigest": imageDigest,
    "services.payment.imageDigest": imageDigest,
    "services.notification.imageDigest": imageDigest,
};
/** All that calls AWS, or names resources of AWS. GuardDuty has no account with the agent's image there. */
const everything = {
    ...images,
    "compute.execCommand": true,
    accountServices: { apiGatewayRole: "create", config: "create", securityHub: "create" },
};
const nat = { ...images, "network.egress": "nat", "network.natGateways": "per-az", "network.endpointZones": 0 };

/** Texts of a plan that are true in the partition `aws` and in us-east-1 only, with where they are. */
function textsOfOtherPlaces({ nodes, outputs }: Plan, pattern: RegExp): string[] {
    const found: string[] = [];
    const search = (where: string, values: Parameters<typeof visitNonSecretStrings>[0]) => {
        visitNonSecretStrings(values, (text) => {
            found.push(...[...text.matchAll(pattern)].map(([match]) => `${where}: ${match}`));
        });
    };
    nodes.forEach((node) => {
        search(node.name, node.inputs);
        search(node.name, node.outputs);
    });
    search("outputs", outputs);
    return [...new Set(found)];
}

describe.each([
    ["us-gov-west-1", /[^" ]*(arn:aws:|us-east-1|\buse1\b|console\.aws\.)[^" ]*/g],
    // Service principals have the suffix of the other partitions: events.amazonaws.com.
    [
        "cn-north-1",
        /[^" ]*(arn:aws:|us-east-1|\buse1\b|console\.aws\.|\.cn-north-1\.([a-z]+\.)?amazonaws\.com(?!\.cn))[^" ]*/g,
    ],
] as const)("a stack in %s", (region, elsewhere) => {
    test.each([
        ["prod", "prod", images],
        ["dev with every option that calls AWS", "dev", everything],
        ["prod with NAT gateways", "prod", nat],
    ])("%s passes every rule, and names no other region or partition", async (_, stack, changes) => {
        const config = withSettings(readStackConfig(stack), { ...changes, "aws:region": region });
        const plan = await planOfConfig(config);
        expect(describeViolations(plan, settingsFromConfig(config))).toEqual([]);
        expect(textsOfOtherPlaces(plan, elsewhere)).toEqual([]);
    });
});
