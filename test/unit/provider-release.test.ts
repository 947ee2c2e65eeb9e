import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import * as aws from "@pulumi/aws";
import packageJson from "../../package.json" with { type: "json" };
import keptInputs from "../../plan/catalogue/kept-inputs.json" with { type: "json" };

const installed = JSON.parse(readFileSync("node_modules/@pulumi/aws/package.json", "utf8")) as { version: string };

test("the provider is pinned to a release that sends a cluster's engine version only where it changes", () => {
    // hashicorp/aws 6.59.0 does so first (https://github.com/hashicorp/terraform-provider-aws/pull/49396). An older one sends
    // `17` with each unrelated change, and RDS refuses it as a downgrade once it has upgraded the minor version. Pulumi's
    // package does not name the release of hashicorp/aws in it, but has this resource, which is new in 6.65.0.
    expect(aws.lambda.ResourcePolicy).toBeDefined();
    expect(packageJson.dependencies["@pulumi/aws"]).toBe(installed.version);
});

test("the list of inputs that the provider keeps is of the installed release", () => {
    expect(keptInputs.sdk).toBe(`@pulumi/aws ${installed.version}`);
    // Of each kind: a value, a whole block, a value in a block.
    expect(keptInputs.inputs["aws:rds/cluster:Cluster"]).toEqual(
        expect.arrayContaining(["databaseInsightsMode", "serverlessv2ScalingConfiguration.secondsUntilAutoPause"]),
    );
    expect(keptInputs.inputs["aws:lb/targetGroup:TargetGroup"]).toContain("stickiness");
    // What the provider's schema has a default for, and what it removes, are not in it.
    expect(keptInputs.inputs["aws:rds/cluster:Cluster"]).not.toContain("backtrackWindow");
    expect(keptInputs.inputs["aws:rds/clusterInstance:ClusterInstance"]).not.toContain("monitoringInterval");
});
