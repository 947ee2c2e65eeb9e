import { expect, test } from "@jest/globals";
import { barriersOf } from "../../../../analysis/network/barriers.ts";
import { networkGraphOf } from "../../../../analysis/network/network-graph.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { planTestStack } from "../../../stacks.ts";
import { changeInputs, removeResources, type PlanChange } from "../../checks/fault.ts";

async function barriersTo(name: string, change: PlanChange = (plan) => plan): Promise<string[]> {
    const plan: Plan = change(await planTestStack("prod"));
    return networkGraphOf(plan)
        .nodes.filter(({ node }) => node?.name === name)
        .flatMap((networkNode) => barriersOf(plan, networkNode));
}

test("a store in the VPC has no address, no route, and accepts its clients only", async () => {
    expect(await barriersTo("payment-database-prod")).toEqual([
        "it has no public address",
        "no route from an internet gateway leads to its subnets payment-database-1-prod, payment-database-2-prod, payment-database-3-prod",
        "its route tables have the local route only, so that it cannot connect to the outside",
        "its security groups accept connections from payment-database-clients-prod on tcp 5432 only",
    ]);
});

test("what lets the internet in is no barrier", async () => {
    const open = await barriersTo(
        "payment-database-prod",
        changeInputs("aws:rds/clusterInstance:ClusterInstance", "", { publiclyAccessible: true }),
    );
    expect(open).not.toContain("it has no public address");
    expect(await barriersTo("payment-prod")).toEqual([
        "its security groups accept connections from 0.0.0.0/0 on tcp 443 only",
        "its security groups accept connections from payment-gateway-prod on tcp 443 only",
    ]);
});

test("a rule for several ports, and one for a group outside the stack, show both", async () => {
    const change = changeInputs("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "tasks-database", {
        toPort: 5440,
        referencedSecurityGroupId: "sg-other",
    });
    expect(await barriersTo("payment-database-prod", change)).toContain(
        "its security groups accept connections from sg-other on tcp 5432-5440 only",
    );
});

test("a bucket answers signed requests, and its public access block is named where it has one", async () => {
    const signed = "AWS answers signed requests only, and no policy of it allows everyone";
    const block = "its public access block would ignore a policy for everyone";
    expect(await barriersTo("payment-audit-prod")).toEqual([signed, block]);
    const without = removeResources("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
    expect(await barriersTo("payment-audit-prod", without)).toEqual([signed]);
});

test("nothing keeps the internet from the API", async () => {
    expect(await barriersTo("payment-gateway-prod", removeResources("aws:apigatewayv2/vpcLink:VpcLink"))).toEqual([]);
});
