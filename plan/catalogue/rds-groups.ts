import { rdsArnOutput } from "../fake-provider/output-formats.ts";
import { automaticNamePattern, regionalArns, writeGrant } from "./deployer-grant.ts";
import { refused } from "./exclusive-inputs.ts";
import { forceNew, nameInputs } from "./force-new.ts";
import { changedFrom, eachNamedItem } from "./protection-checks.ts";
import { clusterParameters, describeRds, rdsReadTagsGrant, rdsTagGrant, subnetGroups } from "./rds-grants.ts";
import { comparedByRefresh, type ServiceRows } from "./row.ts";

const eventSubscriptions = regionalArns("rds", `es:${automaticNamePattern}`);

export const rdsGroups: ServiceRows = {
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": {
        name: { maxLength: 255 },
        summary: ["{family}"],
        fakeOutputs: rdsArnOutput("cluster-pg"),
        forceNew: forceNew("rds/cluster_parameter_group", [...nameInputs, "description", "family"]),
        weakerInputs: [
            {
                check: eachNamedItem("parameters", "name", [changedFrom("value", "1")], ({ value }) =>
                    value === "1" ? "removed" : undefined,
                ),
                risk: "the database accepts connections without TLS, or logs less",
                source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Security.html",
            },
        ],
        exclusive: [refused("rds", "CreateDBClusterParameterGroup", "name", "DBParameterGroupAlreadyExists")],
        recovery: { importId: "{name}" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant(
                "rds: CreateDBClusterParameterGroup DeleteDBClusterParameterGroup ModifyDBClusterParameterGroup ResetDBClusterParameterGroup",
                clusterParameters,
            ),
            rdsTagGrant(clusterParameters),
            rdsReadTagsGrant(clusterParameters),
            describeRds("DescribeDBClusterParameterGroups DescribeDBClusterParameters"),
        ],
    },
    "aws:rds/eventSubscription:EventSubscription": {
        name: { maxLength: 254 },
        fakeOutputs: rdsArnOutput("es"),
        providerDefaults: { enabled: true },
        forceNew: forceNew("rds/event_subscription", nameInputs),
        exclusive: [refused("rds", "CreateEventSubscription", "name", "SubscriptionAlreadyExist")],
        recovery: { importId: "{name}" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant(
                "rds: AddSourceIdentifierToSubscription CreateEventSubscription DeleteEventSubscription ModifyEventSubscription RemoveSourceIdentifierFromSubscription",
                eventSubscriptions,
            ),
            rdsTagGrant(eventSubscriptions),
            rdsReadTagsGrant(eventSubscriptions),
            describeRds("DescribeEventSubscriptions"),
        ],
    },
    "aws:rds/subnetGroup:SubnetGroup": {
        name: { maxLength: 255 },
        fakeOutputs: rdsArnOutput("subgrp"),
        forceNew: forceNew("rds/subnet_group", ["name", "namePrefix"]),
        loss: {
            content: "the database cluster, which is replaced with it",
            losesData: false,
            partOf: ["aws:rds/cluster:Cluster"],
        },
        subnets: {
            input: "subnetIds",
            source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSubnetGroup.html",
            members: {
                type: "aws:rds/clusterInstance:ClusterInstance",
                reference: "dbSubnetGroupName",
                refusedWith: "SubnetAlreadyInUse",
                setting: "database.readers",
            },
        },
        exclusive: [refused("rds", "CreateDBSubnetGroup", "name", "DBSubnetGroupAlreadyExists")],
        recovery: { importId: "{name}" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant("rds: CreateDBSubnetGroup DeleteDBSubnetGroup ModifyDBSubnetGroup", subnetGroups),
            rdsTagGrant(subnetGroups),
            rdsReadTagsGrant(subnetGroups),
            describeRds("DescribeDBSubnetGroups"),
        ],
    },
};
