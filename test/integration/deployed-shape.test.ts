import { GetVpcLinkCommand } from "@aws-sdk/client-apigatewayv2";
import { GetTrailStatusCommand } from "@aws-sdk/client-cloudtrail";
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
    DescribeFlowLogsCommand,
    DescribeNetworkInterfacesCommand,
    DescribeVpcEndpointsCommand,
} from "@aws-sdk/client-ec2";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeReplicationGroupsCommand } from "@aws-sdk/client-elasticache";
import { DescribeDBClustersCommand } from "@aws-sdk/client-rds";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { ListSubscriptionsByTopicCommand } from "@aws-sdk/client-sns";
import { describe, expect } from "@jest/globals";
import { accessLogPrefixes } from "../../lib/audit.ts";
import { resourcesOfType, inputText, splitPart } from "../../plan/query.ts";
import { findManifest } from "../../plan/manifest.ts";
import { aws, deployed } from "./live/deployed.ts";
import { collectTokenPages } from "../../tools/frame/aws-calls.ts";
import { listings, rows } from "./live/rows.ts";
import { unsteady } from "./live/steady.ts";
import { outputsOf, planOfStack, reads, readsOnAws } from "./support/stack.ts";

const linesOf = async (type: string, property?: string): Promise<string[]> =>
    (await deployed()).differences
        .filter((found) => found.type === type && (property === undefined || found.property === property))
        .map(({ line }) => line);

describe("AWS has what is planned", () => {
    reads("the deployed stack has the resources of this program", async () => {
        const names = (manifest: unknown) =>
            (manifest as { resources: { type: string; name: string }[] }).resources.map(
                ({ type, name }) => `${name} ${type}`,
            );
        expect(names(outputsOf().manifest).toSorted()).toEqual(
            names(findManifest((await planOfStack()).outputs)).toSorted(),
        );
    });

    for (const type of new Set([...rows, ...listings].map((row) => row.type))) {
        reads(`${type}: all exist, all as planned`, async () => {
            expect(await linesOf(type)).toEqual([]);
        });
    }

    for (const { type, notEmulated = {} } of rows) {
        for (const [property, why] of Object.entries(notEmulated)) {
            readsOnAws(`${type}: ${property}`, why, async () => {
                expect(await linesOf(type, property)).toEqual([]);
            });
        }
    }

    reads("every planned resource of a readable type was read", async () => {
        const { seen, plan } = await deployed();
        const left = rows.flatMap(({ type }) => resourcesOfType(plan, type)).filter(({ urn }) => !seen.has(urn));
        expect(left.map(({ name, type }) => `${name} (${type})`)).toEqual([]);
    });
});

describe("the stack runs", () => {
    const services = async () => {
        const { ecsClusterName: cluster, serviceNames } = outputsOf();
        const names = Object.values(serviceNames);
        const answer = await aws().ecs.send(new DescribeServicesCommand({ cluster, services: names }));
        expect(answer.failures).toEqual([]);
        expect(answer.services).toHaveLength(names.length);
        return answer.services ?? [];
    };

    reads("every service is steady: rolled out, not failed or rolled back, with all desired tasks", async () => {
        expect((await services()).flatMap(unsteady)).toEqual([]);
    });

    reads("every running image is pinned to a digest", async () => {
        const running = (await services()).filter(({ desiredCount = 0 }) => desiredCount > 0);
        const images = await Promise.all(
            running.map(async ({ taskDefinition }) => {
                const answer = await aws().ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
                return (answer.taskDefinition?.containerDefinitions ?? []).map(({ image }) => image);
            }),
        );
        expect(images.flat().filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image ?? ""))).toEqual([]);
    });

    readsOnAws("every target is healthy", "no task starts", async () => {
        const { seen, plan } = await deployed();
        const groups = outputsOf().manifest.resources.filter(({ type }) => type === "aws:lb/targetGroup:TargetGroup");
        expect(groups).toHaveLength(
            resourcesOfType(plan, "lb/targetGroup:TargetGroup").filter(({ urn }) => seen.has(urn)).length,
        );
        const states = await Promise.all(
            groups.map(async ({ arn, name }) => {
                const answer = await aws().lb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn ?? "" }));
                return (answer.TargetHealthDescriptions ?? []).map(
                    ({ TargetHealth }) => `${name} ${TargetHealth?.State}`,
                );
            }),
        );
        // After a deployment, old tasks still drain.
        expect(states.flat().filter((state) => !/ (healthy|draining)$/.test(state))).toEqual([]);
    });

    reads("the database is available, with a writer and every planned reader", async () => {
        const { databaseEndpoint, databaseReaderEndpoint } = outputsOf();
        const plan = await planOfStack();
        const { DBClusters: [found] = [] } = await aws().rds.send(
            new DescribeDBClustersCommand({ DBClusterIdentifier: databaseEndpoint.split(".")[0] }),
        );
        const members = found?.DBClusterMembers ?? [];
        const planned = resourcesOfType(plan, "rds/clusterInstance:ClusterInstance").length;
        expect(found).toMatchObject({
            Status: "available",
            Endpoint: databaseEndpoint,
            // Without readers the writer's (lib/database.ts).
            ...(planned > 1 && { ReaderEndpoint: databaseReaderEndpoint }),
        });
        expect(databaseReaderEndpoint === databaseEndpoint).toBe(planned === 1);
        expect(members).toHaveLength(planned);
        expect(members.filter(({ IsClusterWriter }) => IsClusterWriter)).toHaveLength(1);
        // Changed parameters that wait for a reboot do not apply yet: TLS is one of them.
        expect(members.filter((member) => member.DBClusterParameterGroupStatus !== "in-sync")).toEqual([]);
    });

    readsOnAws("the password of the database rotates under the platform's key", "it rotates nothing", async () => {
        const found = await aws().secrets.send(new DescribeSecretCommand({ SecretId: outputsOf().databaseSecretArn }));
        const keys = outputsOf().manifest.resources.filter(({ type }) => type === "aws:kms/key:Key");
        expect(found.RotationEnabled).toBe(true);
        expect(keys.map(({ arn }) => arn)).toContain(found.KmsKeyId);
    });

    reads("the cache is available, and every node is in service", async () => {
        const [planned] = resourcesOfType(await planOfStack(), "elasticache/replicationGroup:ReplicationGroup");
        const { ReplicationGroups: [found] = [] } = await aws().cache.send(
            new DescribeReplicationGroupsCommand({
                ReplicationGroupId: planned && inputText(planned, "replicationGroupId"),
            }),
        );
        expect(found?.Status).toBe("available");
        expect(found?.NodeGroups?.filter(({ Status }) => Status !== "available")).toEqual([]);
    });

    reads("the trail is logging", async () => {
        const trail = outputsOf().manifest.resources.find(({ type }) => type === "aws:cloudtrail/trail:Trail");
        const status = await aws().trails.send(new GetTrailStatusCommand({ Name: trail?.arn ?? "" }));
        expect(status.IsLogging).toBe(true);
        expect(status.LatestDeliveryError ?? "").toBe("");
    });

    reads("flow logs are active", async () => {
        const { FlowLogs = [] } = await aws().ec2.send(
            new DescribeFlowLogsCommand({ Filter: [{ Name: "resource-id", Values: [outputsOf().vpcId] }] }),
        );
        expect(FlowLogs.map(({ FlowLogStatus }) => FlowLogStatus)).toEqual(["ACTIVE"]);
    });

    reads("every endpoint is available", async () => {
        const { VpcEndpoints = [] } = await aws().ec2.send(
            new DescribeVpcEndpointsCommand({ Filters: [{ Name: "vpc-id", Values: [outputsOf().vpcId] }] }),
        );
        expect(VpcEndpoints).toHaveLength(resourcesOfType(await planOfStack(), "ec2/vpcEndpoint:VpcEndpoint").length);
        expect(VpcEndpoints.filter(({ State }) => State?.toLowerCase() !== "available")).toEqual([]);
    });

    reads("the VPC link of the API is available", async () => {
        const link = outputsOf().manifest.resources.find(({ type }) => type === "aws:apigatewayv2/vpcLink:VpcLink");
        const VpcLinkId = splitPart(link?.arn ?? "", "/", -1);
        const { VpcLinkStatus, VpcLinkStatusMessage } = await aws().apiV2.send(new GetVpcLinkCommand({ VpcLinkId }));
        expect(`${VpcLinkStatus} ${VpcLinkStatusMessage ?? ""}`).toMatch(/^AVAILABLE/);
    });

    reads("every address for alerts has confirmed its subscription", async () => {
        const topics = outputsOf().manifest.resources.filter(
            ({ type, name }) => type === "aws:sns/topic:Topic" && name.startsWith("payment-alerts-"),
        );
        const found = await Promise.all(
            topics.map(({ arn }) =>
                collectTokenPages(async (NextToken) => {
                    const answer = await aws().sns.send(
                        new ListSubscriptionsByTopicCommand({ TopicArn: arn ?? "", NextToken }),
                    );
                    return { items: answer.Subscriptions, next: answer.NextToken };
                }),
            ),
        );
        expect(found.flat().filter(({ SubscriptionArn = "" }) => !SubscriptionArn.startsWith("arn:"))).toEqual([]);
    });

    readsOnAws("the load balancer may write its access logs", "it writes none", async () => {
        const bucket = outputsOf().manifest.resources.find(
            ({ type, name }) => type === "aws:s3/bucket:Bucket" && name.startsWith("payment-access-logs-"),
        );
        // Elastic Load Balancing writes a test file once access logs are enabled.
        const { KeyCount } = await aws().s3.send(
            new ListObjectsV2Command({
                Bucket: splitPart(bucket?.arn ?? "", ":", 5),
                Prefix: `${accessLogPrefixes.loadBalancer}/AWSLogs/`,
                MaxKeys: 1,
            }),
        );
        expect(KeyCount).toBe(1);
    });

    reads("nothing in the private and database subnets has a public address", async () => {
        const { privateSubnetIds, databaseSubnetIds } = outputsOf();
        const found = await collectTokenPages(async (NextToken) => {
            const Filters = [{ Name: "subnet-id", Values: [...privateSubnetIds, ...databaseSubnetIds] }];
            const answer = await aws().ec2.send(new DescribeNetworkInterfacesCommand({ Filters, NextToken }));
            return { items: answer.NetworkInterfaces, next: answer.NextToken };
        });
        const open = found.filter(({ Association }) => Association?.PublicIp !== undefined);
        expect(open.map(({ NetworkInterfaceId, Description }) => `${NetworkInterfaceId} ${Description}`)).toEqual([]);
    });

    reads("every alarm is enabled, and its actions are topics or scaling policies of this stack", async () => {
        const plan = await planOfStack();
        const planned = [
            ...resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm").map((alarm) => inputText(alarm, "name")),
            ...resourcesOfType(plan, "cloudwatch/compositeAlarm:CompositeAlarm").map((alarm) =>
                inputText(alarm, "alarmName"),
            ),
        ];
        const ask = (kind: "MetricAlarm" | "CompositeAlarm") =>
            collectTokenPages(async (NextToken) => {
                const answer = await aws().alarms.send(new DescribeAlarmsCommand({ AlarmTypes: [kind], NextToken }));
                return {
                    items: [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])],
                    next: answer.NextToken,
                };
            });
        const found = [...(await ask("MetricAlarm")), ...(await ask("CompositeAlarm"))];
        const live = new Map(found.map((alarm) => [alarm.AlarmName, alarm]));
        const topics = Object.values(outputsOf().topicArns);
        expect(planned.filter((name) => live.get(name)?.ActionsEnabled !== true)).toEqual([]);
        // Pulumi adds a suffix to their names.
        const policies = resourcesOfType(plan, "appautoscaling/policy:Policy").map(({ name }) => name);
        const isOfStack = (action: string) =>
            topics.includes(action) || policies.some((name) => action.includes(`:policyName/${name}`));
        const foreign = planned.filter((name) => live.get(name)?.AlarmActions?.some((action) => !isOfStack(action)));
        expect(foreign).toEqual([]);
        expect(planned.length).toBeGreaterThan(0);
    });
});
