import { describe, expect, test } from "@jest/globals";
import { Network } from "../../lib/network.ts";
import { regionWarning, usableZones, vpcLinks } from "../../lib/network/zones.ts";
import { settingsSchema } from "../../lib/settings/schema.ts";
import { findNode, nodesOf, planComponent } from "../recorder.ts";
import { exposeValue, logs, testScope } from "./fixtures.ts";

const zonesOf = (region: string, ...ids: string[]) =>
    ids.map((id, i) => ({ name: `${region}${String.fromCharCode(97 + i)}`, id }));
const namesOf = (region: string, ...ids: string[]) =>
    usableZones(region, zonesOf(region, ...ids)).map(({ name, hasVpcLinks }) => `${name} ${hasVpcLinks}`);

describe("usable zones", () => {
    test("zones without VPC links come last, and the others stay in the order of their names", () => {
        expect(namesOf("eu-west-3", "euw3-az2", "euw3-az3", "euw3-az1")).toEqual([
            "eu-west-3b true",
            "eu-west-3c true",
            "eu-west-3a false",
        ]);
    });

    test("zones without Fargate on ARM64 are left out, by their IDs, which are the same in every account", () => {
        expect(namesOf("us-east-1", "use1-az3", "use1-az6", "use1-az1")).toEqual([
            "us-east-1b true",
            "us-east-1c true",
        ]);
        expect(namesOf("ap-northeast-1", "apne1-az3", "apne1-az4")).toEqual(["ap-northeast-1b true"]);
    });

    test("a zone that AWS adds comes last, so that no subnet of a stack moves", () => {
        const before = namesOf("us-west-1", "usw1-az1", "usw1-az3");
        expect(usableZones("ca-central-1", zonesOf("ca-central-1", "cac1-az9", "cac1-az1", "cac1-az2"))).toMatchObject([
            { id: "cac1-az1" },
            { id: "cac1-az2" },
            { id: "cac1-az9", hasVpcLinks: false },
        ]);
        expect(before).toEqual(["us-west-1a true", "us-west-1b true"]);
    });

    test("the order of AWS's answer does not matter", () => {
        const zones = zonesOf("eu-west-1", "euw1-az3", "euw1-az1", "euw1-az2");
        expect(usableZones("eu-west-1", zones.toReversed())).toEqual(usableZones("eu-west-1", zones));
    });

    test("in an unknown region every zone is used, with a warning that names the page", () => {
        expect(namesOf("eu-south-1", "eus1-az1", "eus1-az2")).toEqual(["eu-south-1a true", "eu-south-1b true"]);
        expect(regionWarning("eu-south-1")).toContain(vpcLinks.source);
        expect(regionWarning("eu-west-3")).toBeUndefined();
    });
});

/** The network of a region, and the subnets of the VPC link as the resource `link`. */
const planIn = (region: string, availabilityZones: number) =>
    planComponent(
        () => {
            const settings = settingsSchema.shape.network.parse({
                cidr: "10.7.0.0/16",
                availabilityZones,
                endpointZones: 1,
            });
            const network = new Network("payment-network-test", { scope: testScope({ region }), settings, logs });
            exposeValue(
                "link",
                network.linkSubnetIds.apply((ids) => ids.join()),
            );
        },
        { config: { "aws:region": region } },
    );

test.each([
    ["eu-west-3", ["eu-west-3a", "eu-west-3c", "eu-west-3b"], 2],
    ["ap-northeast-1", ["ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1c"], 3],
    ["us-east-1", ["us-east-1a", "us-east-1b", "us-east-1c"], 3],
])("three zones in %s: subnets in %j, VPC link in the first %i", async (region, names, linked) => {
    const plan = await planIn(region, 3);
    const subnets = nodesOf(plan, "aws:ec2/subnet:Subnet").filter(({ name }) => name.startsWith("payment-private-"));
    expect(subnets.map(({ inputs }) => inputs.availabilityZone)).toEqual(names);
    expect(findNode(plan, "link").inputs.value).toBe(
        subnets
            .slice(0, linked)
            .map(({ id }) => id)
            .join(),
    );
    expect(plan.messages).toEqual([]);
});

test("the plan of an unknown region is made, and warns", async () => {
    const plan = await planIn("mx-central-1", 2);
    expect(plan.messages.join("\n")).toContain("unknown region: whether mx-central-1 has VPC links V2 of API Gateway");
});
