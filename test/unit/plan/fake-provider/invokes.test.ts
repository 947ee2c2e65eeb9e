import * as aws from "@pulumi/aws";
import { expect, test } from "@jest/globals";
import { planProgram, type Program, type Values } from "../../../../plan/plan.ts";

test("the plan lists the answers that it invents, except those that the program gave", async () => {
    const program: Program = () => ({
        account: aws.getCallerIdentityOutput().accountId,
        again: aws.getCallerIdentityOutput().accountId,
        region: aws.getRegionOutput().region,
        zones: aws.getAvailabilityZonesOutput().names,
        given: aws.route53.getZoneOutput({ zoneId: "Z123" }).name,
        list: aws.ec2.getPrefixListOutput({ name: "com.amazonaws.eu-west-1.s3" }).id,
    });
    const args = { project: "shop", stack: "test", config: { "aws:region": "eu-west-1" }, secretKeys: [], program };
    const { inventedAnswers, outputs } = await planProgram(args);
    const invented = (property: string) =>
        inventedAnswers.filter((answer) => answer.property === property).map(({ value }) => value);
    expect(invented("accountId")).toEqual(["123456789012"]);
    expect(invented("names")).toEqual(["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    expect(invented("id")).toEqual([outputs.list]);
    expect(invented("zoneId")).toEqual([]);
    expect(inventedAnswers.map(({ value }) => value)).not.toContain("eu-west-1");
});

/** Stack outputs of a program that calls functions of a region. */
async function found(region: string, program: Program): Promise<Values> {
    const args = { project: "shop", stack: "test", config: { "aws:region": region }, secretKeys: [], program };
    const plan = await planProgram(args);
    expect(plan.unknownOutputs).toEqual([]);
    return plan.outputs;
}

test("the zones of us-east-1 include the IDs in which some AWS services are missing", async () => {
    const { all, some } = await found("us-east-1", () => ({
        all: aws.getAvailabilityZonesOutput({ state: "available" }),
        some: aws.getAvailabilityZonesOutput({ excludeZoneIds: ["use1-az3"], excludeNames: ["us-east-1a"] }).names,
    }));
    expect(all).toMatchObject({
        names: ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e", "us-east-1f"],
        zoneIds: ["use1-az6", "use1-az1", "use1-az2", "use1-az4", "use1-az3", "use1-az5"],
    });
    expect(some).toEqual(["us-east-1b", "us-east-1c", "us-east-1d", "us-east-1f"]);
});

test.each([
    ["eu-central-1", "euc1"],
    ["ap-southeast-2", "apse2"],
    ["us-west-2", "usw2"],
])("another region, %s, has three zones", async (region, prefix) => {
    const { zones } = await found(region, () => ({ zones: aws.getAvailabilityZonesOutput() }));
    expect(zones).toMatchObject({
        names: [`${region}a`, `${region}b`, `${region}c`],
        zoneIds: [`${prefix}-az1`, `${prefix}-az2`, `${prefix}-az3`],
    });
});

test("account, region and partition match", async () => {
    const lookups: Program = () => ({
        account: aws.getCallerIdentityOutput().accountId,
        region: aws.getRegionOutput().region,
        partition: aws.getPartitionOutput().partition,
        suffix: aws.getPartitionOutput().dnsSuffix,
    });
    const account = "123456789012";
    expect(await found("eu-west-1", lookups)).toEqual({
        account,
        region: "eu-west-1",
        partition: "aws",
        suffix: "amazonaws.com",
    });
    expect(await found("cn-north-1", lookups)).toMatchObject({ partition: "aws-cn", suffix: "amazonaws.com.cn" });
    expect(await found("us-gov-west-1", lookups)).toMatchObject({ partition: "aws-us-gov" });
});

test("a hosted zone and a prefix list are found by the program's arguments", async () => {
    const { zone, byId, list, any } = await found("us-east-1", () => ({
        zone: aws.route53.getZoneOutput({ name: "example.org", privateZone: true }),
        byId: aws.route53.getZoneOutput({ zoneId: "Z123" }).arn,
        list: aws.ec2.getPrefixListOutput({ prefixListId: "pl-1" }).name,
        any: aws.ec2.getManagedPrefixListOutput({ name: "com.amazonaws.us-east-1.dynamodb" }),
    }));
    expect(zone).toMatchObject({
        name: "example.org",
        zoneId: expect.stringMatching(/^Z[0-9A-F]{20}$/),
        privateZone: true,
    });
    expect(byId).toBe("arn:aws:route53:::hostedzone/Z123");
    expect(list).toBe("com.amazonaws.us-east-1.s3");
    expect(any).toMatchObject({
        id: expect.stringMatching(/^pl-[0-9a-f]{8}$/),
        name: "com.amazonaws.us-east-1.dynamodb",
    });
});
