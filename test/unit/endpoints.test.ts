import { expect, test } from "@jest/globals";
import { GatewayEndpoint, InterfaceEndpoints, allowLayerDownload } from "../../lib/network/endpoints.ts";
import { settingsSchema, type Settings } from "../../lib/settings/schema.ts";
import * as pulumi from "@pulumi/pulumi";
import { findNode, nodesOf, planComponent, componentPlanner } from "../recorder.ts";
import { transitiveDependencies } from "../../plan/query.ts";
import {
    accountId,
    accountSettings,
    guardDutyAgentRepositoryArn,
    computeSettings,
    onlyNode,
    testScope,
    exposeValue,
    policyStatements,
} from "./fixtures.ts";

const type = "aws:ec2/vpcEndpoint:VpcEndpoint";

interface Changes {
    endpointZones?: number;
    egress?: "nat" | "endpoints";
    execCommand?: boolean;
    guardDuty?: Settings["accountServices"]["guardDuty"];
}

const planned = componentPlanner((changes: Changes = {}) => {
    const { execCommand = false, guardDuty, ...network } = changes;
    const { subnetIds, agentEndpoint } = new InterfaceEndpoints("payment-endpoints-test", {
        scope: testScope(),
        settings: {
            network: settingsSchema.shape.network.parse({
                cidr: "10.0.0.0/16",
                availabilityZones: 3,
                endpointZones: 2,
                ...network,
            }),
            compute: computeSettings({ execCommand }),
            accountServices: accountSettings({ guardDuty }),
        },
        vpcId: "vpc-1",
        subnetIds: ["subnet-1", "subnet-2", "subnet-3"].map((id) => pulumi.output(id)),
        securityGroupId: "sg-endpoints",
    });
    subnetIds.forEach((id, i) => exposeValue(`subnet-${i + 1}`, id));
    exposeValue("agent", agentEndpoint?.id ?? "none");
});

const always = ["ecr-api", "ecr-dkr", "logs", "secretsmanager", "sns", "sqs"];
const nounsOf = async (changes: Parameters<typeof planned>[0]) =>
    nodesOf(await planned(changes), type)
        .map(({ name }) => name.replace(/^payment-(.*)-test$/, "$1"))
        .toSorted();

test("tasks reach each AWS service that they call through a VPC endpoint", async () => {
    expect(await nounsOf({})).toEqual(always);
    const plan = await planned();
    expect(findNode(plan, "payment-ecr-api-test").inputs).toMatchObject({
        serviceName: "com.amazonaws.eu-west-1.ecr.api",
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        vpcId: "vpc-1",
        securityGroupIds: ["sg-endpoints"],
    });
});

test("shells in tasks need two more endpoints", async () => {
    expect(await nounsOf({ execCommand: true })).toEqual([...always, "kms", "ssmmessages"].toSorted());
});

const watched = ["create", "adopt"] as const;

test.each(watched)(
    "with GuardDuty on %s its agent has an endpoint, which agents of other accounts may not use",
    async (guardDuty) => {
        expect(await nounsOf({ guardDuty })).toEqual([...always, "guardduty-data"].toSorted());
        const plan = await planned({ guardDuty });
        const door = findNode(plan, "payment-guardduty-data-test");
        expect(door.inputs).toMatchObject({
            serviceName: "com.amazonaws.eu-west-1.guardduty-data",
            vpcEndpointType: "Interface",
            privateDnsEnabled: true,
            subnetIds: ["subnet-1", "subnet-2"],
            securityGroupIds: ["sg-endpoints"],
        });
        expect(policyStatements(door)).toEqual([
            {
                Effect: "Allow",
                Principal: "*",
                Action: ["guardduty:SendSecurityTelemetry"],
                Resource: "*",
                Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
            },
        ]);
        expect(findNode(plan, "agent").inputs.value).toBe(door.id);
        expect(findNode(await planned(), "agent").inputs.value).toBe("none");
    },
);

test.each(watched)(
    "with GuardDuty on %s the image of its agent may be pulled, and no other of AWS's",
    async (choice) => {
        const admitted = async (noun: string, guardDuty?: typeof choice) =>
            policyStatements(findNode(await planned({ guardDuty, execCommand: true }), `payment-${noun}-test`));
        for (const noun of ["ecr-api", "ecr-dkr"]) {
            const [before, now] = [await admitted(noun), await admitted(noun, choice)];
            expect(now).toEqual([
                ...before,
                {
                    Effect: "Allow",
                    Principal: "*",
                    Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                    Resource: [guardDutyAgentRepositoryArn],
                    Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
                },
            ]);
        }
        for (const noun of always.filter((each) => !each.startsWith("ecr-"))) {
            expect(await admitted(noun, choice)).toEqual(await admitted(noun));
        }
    },
);

test("a stack without endpoints still has GuardDuty's, so that GuardDuty creates none", async () => {
    const plan = await planned({ endpointZones: 0, egress: "nat", guardDuty: "adopt" });
    expect(onlyNode(plan, type).inputs).toMatchObject({
        serviceName: "com.amazonaws.eu-west-1.guardduty-data",
        subnetIds: ["subnet-1"],
    });
    // No task starts before it: GuardDuty looks for it then.
    expect(transitiveDependencies(plan, findNode(plan, "subnet-3"))).toContain(onlyNode(plan, type).urn);
});

test.each([1, 2, 3])("%i zones have a network interface of each endpoint", async (endpointZones) => {
    const subnets = nodesOf(await planned({ endpointZones }), type).map(({ inputs }) => inputs.subnetIds);
    expect(subnets).toHaveLength(always.length);
    expect(new Set(subnets.map(String))).toEqual(
        new Set([["subnet-1", "subnet-2", "subnet-3"].slice(0, endpointZones).join()]),
    );
});

test("a stack with NAT may have no endpoints", async () => {
    const plan = await planned({ endpointZones: 0, egress: "nat", execCommand: true });
    expect(nodesOf(plan, type)).toEqual([]);
    expect(findNode(plan, "subnet-3").inputs.value).toBe("subnet-3");
});

test("a subnet is published once every endpoint exists", async () => {
    const plan = await planned();
    const before = transitiveDependencies(plan, findNode(plan, "subnet-3"));
    expect(nodesOf(plan, type).filter(({ urn }) => !before.has(urn))).toEqual([]);
    expect(before.size).toBe(always.length);
});

/** What tasks may call, on resources of the account and, for actions without a resource type, on all. */
const calls: Readonly<Record<string, { owned: string[]; unowned?: string[] }>> = {
    "ecr-api": {
        owned: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        unowned: ["ecr:GetAuthorizationToken"],
    },
    "ecr-dkr": { owned: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] },
    logs: {
        owned: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        unowned: ["logs:DescribeLogGroups"],
    },
    secretsmanager: { owned: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"] },
    sns: { owned: ["sns:Publish"] },
    sqs: {
        owned: [
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "sqs:ReceiveMessage",
            "sqs:SendMessage",
        ],
    },
    kms: { owned: ["kms:Decrypt"] },
    ssmmessages: {
        owned: [],
        unowned: ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map(
            (action) => `ssmmessages:${action}`,
        ),
    },
};

test.each(Object.entries(calls))(
    "stolen credentials of another account cannot use the endpoint of %s",
    async (noun, may) => {
        const { owned, unowned = [] } = may;
        const allow = (Action: string[], condition: Record<string, string>) => ({
            Effect: "Allow",
            Principal: "*",
            Action,
            Resource: "*",
            Condition: { StringEquals: { "aws:PrincipalAccount": accountId, ...condition } },
        });
        expect(policyStatements(findNode(await planned({ execCommand: true }), `payment-${noun}-test`))).toEqual([
            ...(owned.length > 0 ? [allow(owned, { "aws:ResourceAccount": accountId })] : []),
            ...(unowned.length > 0 ? [allow(unowned, {})] : []),
        ]);
    },
);

test("the endpoint of S3 allows the layers of images, and no bucket to which data could be copied", async () => {
    const plan = await planComponent(() => {
        const { prefixListId } = new GatewayEndpoint("payment-s3-test", {
            scope: testScope(),
            service: "s3",
            vpcId: "vpc-1",
            routeTableIds: ["rtb-1", "rtb-2"],
            statements: [allowLayerDownload(testScope())],
        });
        exposeValue("list", prefixListId);
    });
    const endpoint = onlyNode(plan, type);
    expect(endpoint.inputs).toMatchObject({
        serviceName: "com.amazonaws.eu-west-1.s3",
        vpcEndpointType: "Gateway",
        routeTableIds: ["rtb-1", "rtb-2"],
    });
    expect(policyStatements(endpoint)).toEqual([
        {
            Effect: "Allow",
            Principal: "*",
            Action: "s3:GetObject",
            Resource: "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*",
        },
    ]);
    expect(findNode(plan, "list").inputs.value).toBe(endpoint.outputs.prefixListId);
});
