import { expect, test } from "@jest/globals";
import { childListersByType, listersForType } from "../../../../tools/drift/child-listers.ts";
import { toDriftResource } from "../../../../tools/drift/listing.ts";
import { escapeRegExp } from "../../../../plan/text.ts";
import { clientsSending } from "../deploy/fakes.ts";

/** AWS leaves a list out where there is nothing in it. */
const answering = (answer: object) => clientsSending(() => Promise.resolve(answer));

const parentOf = (type: string) => {
    const resource = {
        urn: `urn:pulumi:dev::payment-platform::aws:${type}::payment-dev`,
        type: `aws:${type}`,
        id: "payment-dev",
        outputs: { arn: "arn:aws:service:us-east-1:123456789012:kind/payment-dev" },
    };
    return { ...toDriftResource(resource), state: { resources: [], outputs: {}, pending: [] } };
};

const types = Object.keys(childListersByType).filter((type) => listersForType(type).length > 0);

test.each(types)("under %s an answer without a list is an empty list", async (type) => {
    const parent = parentOf(type);
    for (const lister of listersForType(type)) {
        expect({ item: lister.item, ...(await lister.listChildren(answering({}), parent)) }).toEqual({
            item: lister.item,
            notInState: [],
            known: 0,
            byAws: [],
        });
    }
});

/** What is reported for the items of one kind in an answer. */
async function openedBy(type: string, item: string, answer: object): Promise<string[]> {
    const [lister] = listersForType(type).filter((each) => each.item === item);
    const look = await lister?.listChildren(answering(answer), parentOf(type));
    return (look?.notInState ?? []).map(({ opens, remove }) => `${opens}; ${remove}`);
}

test.each([
    [{ DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-1" }, "nat-1", "0.0.0.0/0"],
    [{ DestinationCidrBlock: "10.1.0.0/16", TransitGatewayId: "tgw-1" }, "tgw-1", "10.1.0.0/16"],
    [{ DestinationCidrBlock: "10.2.0.0/16", VpcPeeringConnectionId: "pcx-1" }, "pcx-1", "10.2.0.0/16"],
    [{ DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: "eigw-1" }, "eigw-1", "::/0"],
    [{ DestinationPrefixListId: "pl-1", NetworkInterfaceId: "eni-1" }, "eni-1", "pl-1"],
    [{ DestinationCidrBlock: "10.3.0.0/16" }, "an unknown target", "10.3.0.0/16"],
])("a route %j is reported with its target, and removed by its destination", async (route, target, destination) => {
    const answer = { RouteTables: [{ RouteTableId: "rtb-1", Routes: [route] }] };
    const [line] = await openedBy("ec2/routeTable:RouteTable", "route", answer);
    expect(line).toContain(target);
    expect(line).toMatch(new RegExp(`--destination-[a-z0-9-]+ ${escapeRegExp(destination)}$`));
});

test.each([
    [{ Grantee: { URI: "http://acs.amazonaws.com/groups/global/AllUsers" } }, "anybody"],
    [{ Grantee: { URI: "http://acs.amazonaws.com/groups/s3/LogDelivery" } }, "LogDelivery"],
    [{ Grantee: { ID: "other-owner" } }, "other-owner"],
    [{}, "?"],
])("a grant %j of a bucket names its grantee", async (grant, who) => {
    const answer = { Owner: { ID: "own" }, Grants: [{ Permission: "READ", ...grant }] };
    const [item = ""] = listersForType("s3/bucket:Bucket")
        .map((lister) => lister.item)
        .filter((each) => /grant/i.test(each));
    expect((await openedBy("s3/bucket:Bucket", item, answer)).join("\n")).toContain(`${who} has READ`);
});

/** Answers whose items have no properties: AWS may add items of unknown form to its lists. */
const sparse = {
    ...{ AnalyticsConfigurationList: [{}], CORSRules: [{}], DBInstances: [{}], FlowLogs: [{}], Grants: [{}] },
    ...{
        InventoryConfigurationList: [{}],
        LambdaFunctionConfigurations: [{}],
        Listeners: [{}],
        NetworkInterfaces: [{}],
    },
    ...{ MetricsConfigurationList: [{}], QueueConfigurations: [{}], Reservations: [{}, { Instances: [{}] }] },
    ...{ RouteTables: [{}, { Associations: [{}], Routes: [{}] }], Rules: [{}], ScalableTargets: [{}] },
    ...{ ScheduledActions: [{}], SecurityGroupRules: [{}], TargetHealthDescriptions: [{}], TopicConfigurations: [{}] },
    ...{ Versions: [{}], VpcPeeringConnections: [{}], VpnGateways: [{}], metricFilters: [{}] },
};

test.each([
    ["ec2/vpc:Vpc", ["instance", "network interface", "flow log"]],
    ["ec2/routeTable:RouteTable", ["route", "association"]],
    ["ec2/securityGroup:SecurityGroup", ["rule"]],
    ["lb/listener:Listener", ["rule"]],
    ["lb/loadBalancer:LoadBalancer", ["listener"]],
    ["lb/targetGroup:TargetGroup", ["target"]],
])("under %s an item without properties is a finding, too", async (type, items) => {
    const found = listersForType(type).map(async (lister) => {
        const { notInState } = await lister.listChildren(answering(sparse), parentOf(type));
        return notInState.length > 0 ? [lister.item] : [];
    });
    const told = (await Promise.all(found)).flat();
    expect(told).toEqual(expect.arrayContaining(items));
});
