import {
    CreateNetworkInsightsPathCommand,
    CreateNetworkInterfaceCommand,
    DeleteNetworkInsightsAnalysisCommand,
    DeleteNetworkInsightsPathCommand,
    DeleteNetworkInterfaceCommand,
    DescribeNetworkInsightsAnalysesCommand,
    DescribeNetworkInsightsPathsCommand,
    DescribeNetworkInterfacesCommand,
    DescribeSecurityGroupsCommand,
    StartNetworkInsightsAnalysisCommand,
    type NetworkInsightsAnalysis,
} from "@aws-sdk/client-ec2";
import { networkGraphOf } from "../../../analysis/network/network-graph.ts";
import { findConnection } from "../../../analysis/network/connections.ts";
import { nodeLabel, type NetworkNode } from "../../../analysis/network/network-nodes.ts";
import { requireItem } from "../../../lib/list.ts";
import { resourcesOfType } from "../../../plan/query.ts";
import type { Plan } from "../../../plan/plan.ts";
import {
    deleteAndWait,
    DrillError,
    withRollback,
    requireValue,
    waitForValue,
    type DeletionOptions,
    type DrillContext,
} from "../../../tools/drill/context.ts";

/** A connection from a service, and whether it must be possible. */
export interface ExpectedPath {
    readonly from: string;
    readonly to: string;
    readonly port: number;
    readonly reachable: boolean;
    /** Names of the security groups at both ends. */
    readonly fromGroups: readonly string[];
    readonly toGroups: readonly string[];
}

export interface PathResult extends ExpectedPath {
    /** Why the connection is impossible, by AWS's explanation codes. */
    readonly explanationCodes: readonly string[];
}

/** Every connection from a service to a store or another service, and whether the plan allows it. */
export function listPathsToVerify(plan: Plan, suffix: string): ExpectedPath[] {
    const { nodes } = networkGraphOf(plan);
    const names = Object.fromEntries(
        resourcesOfType(plan, "ec2/securityGroup:SecurityGroup").map(({ id, name }) => [id, name]),
    );
    const groupsOf = ({ securityGroupIds }: NetworkNode): string[] =>
        securityGroupIds.map((id) => requireItem(names, id));
    const services = nodes.filter(({ kind }) => kind === "service");
    const ends = nodes.filter(({ kind, subnets }) => ["service", "store"].includes(kind) && subnets.length > 0);
    return services.flatMap((from) =>
        ends
            .filter((to) => to !== from)
            .flatMap((to) =>
                to.ports.map((port) => ({
                    from: nodeLabel(from, suffix),
                    to: nodeLabel(to, suffix),
                    port,
                    reachable: findConnection(plan, from, to, port, "any") !== undefined,
                    fromGroups: groupsOf(from),
                    toGroups: groupsOf(to),
                })),
            ),
    );
}

/** Where the temporary interfaces are: `from` in the tasks' subnet, `to` in the subnet of the other end. */
export interface PathTestNetwork {
    readonly vpcId: string;
    readonly privateSubnetId: string;
    readonly databaseSubnetId: string;
    /** Names of the services; every other end of a connection is a store. */
    readonly services: readonly string[];
}

/** Codes for a filter that blocks the traffic. With any other, there was no route at all, which proves nothing of the filters. */
const filterExplanationCodes = ["ENI_SG_RULES_MISMATCH", "SG_HAS_NO_RULES", "SUBNET_ACL_RESTRICTION"];

const interfaceDeletion: DeletionOptions = {
    // AWS detaches the interface with a delay.
    retryableErrors: ["InvalidNetworkInterface.InUse", "InvalidParameterValue"],
    notFoundErrors: ["InvalidNetworkInterfaceID.NotFound"],
    withinMinutes: 5,
};

/** Deletes every interface with the drill's description, and the paths and analyses that begin there. */
async function deleteTestInterfaces(context: DrillContext, drill: string): Promise<void> {
    const { ec2 } = context.clients;
    const { NetworkInterfaces = [] } = await ec2.send(
        new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "description", Values: [drill] }] }),
    );
    const ids = NetworkInterfaces.map(({ NetworkInterfaceId }) =>
        requireValue(NetworkInterfaceId, "DescribeNetworkInterfaces", "NetworkInterfaceId"),
    );
    if (ids.length === 0) {
        return;
    }
    const { NetworkInsightsPaths = [] } = await ec2.send(
        new DescribeNetworkInsightsPathsCommand({ Filters: [{ Name: "source", Values: ids }] }),
    );
    for (const { NetworkInsightsPathId } of NetworkInsightsPaths) {
        const { NetworkInsightsAnalyses = [] } = await ec2.send(
            new DescribeNetworkInsightsAnalysesCommand({ NetworkInsightsPathId }),
        );
        for (const { NetworkInsightsAnalysisId } of NetworkInsightsAnalyses) {
            await ec2.send(new DeleteNetworkInsightsAnalysisCommand({ NetworkInsightsAnalysisId }));
        }
        await ec2.send(new DeleteNetworkInsightsPathCommand({ NetworkInsightsPathId }));
    }
    for (const NetworkInterfaceId of ids) {
        await deleteAndWait(context, NetworkInterfaceId, interfaceDeletion, () =>
            ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })),
        );
    }
}

/** Makes an interface for each combination of subnet and groups, once. */
function createInterfaceFactory({ clients: { ec2 } }: DrillContext, Description: string) {
    const made = new Map<string, string>();
    return async (SubnetId: string, Groups: string[]): Promise<string> => {
        const key = [SubnetId, ...Groups].join();
        const known = made.get(key);
        if (known !== undefined) {
            return known;
        }
        const { NetworkInterface } = await ec2.send(
            new CreateNetworkInterfaceCommand({ SubnetId, Groups, Description }),
        );
        const id = requireValue(NetworkInterface?.NetworkInterfaceId, "CreateNetworkInterface", "NetworkInterfaceId");
        made.set(key, id);
        return id;
    };
}

async function analysePath(
    context: DrillContext,
    [Source, Destination]: readonly [string, string],
    DestinationPort: number,
): Promise<NetworkInsightsAnalysis> {
    const { ec2 } = context.clients;
    const { NetworkInsightsPath: path } = await ec2.send(
        new CreateNetworkInsightsPathCommand({ Source, Destination, DestinationPort, Protocol: "tcp" }),
    );
    const { NetworkInsightsAnalysis: started } = await ec2.send(
        new StartNetworkInsightsAnalysisCommand({
            NetworkInsightsPathId: requireValue(
                path?.NetworkInsightsPathId,
                "CreateNetworkInsightsPath",
                "NetworkInsightsPathId",
            ),
        }),
    );
    const id = requireValue(
        started?.NetworkInsightsAnalysisId,
        "StartNetworkInsightsAnalysis",
        "NetworkInsightsAnalysisId",
    );
    return waitForValue(
        context,
        { condition: `the analysis ${id} ends`, withinMinutes: 10, everySeconds: 5 },
        async () => {
            const { NetworkInsightsAnalyses: [analysis] = [] } = await ec2.send(
                new DescribeNetworkInsightsAnalysesCommand({ NetworkInsightsAnalysisIds: [id] }),
            );
            return analysis?.Status === "running" ? undefined : analysis;
        },
    );
}

/** Ids of the stack's security groups by the names that Pulumi gives. */
async function securityGroupIdsByName(
    { clients: { ec2 } }: DrillContext,
    vpcId: string,
): Promise<Map<unknown, string>> {
    const { SecurityGroups } = await ec2.send(
        new DescribeSecurityGroupsCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }], MaxResults: 1000 }),
    );
    return new Map(
        requireValue(SecurityGroups, "DescribeSecurityGroups", "SecurityGroups").map(({ GroupId, Tags }) => [
            Tags?.find(({ Key }) => Key === "Name")?.Value,
            requireValue(GroupId, "DescribeSecurityGroups", "GroupId"),
        ]),
    );
}

/**
 * Runs VPC Reachability Analyzer for each connection, between temporary interfaces with the groups of both ends, and compares
 * the results. The analyzer reads routes, groups and network ACLs and sends no packet, so it needs no image and no task.
 *
 * @throws DrillError that names each connection that is not as expected
 */
export function verifyPaths(
    context: DrillContext,
    network: PathTestNetwork,
    expected: readonly ExpectedPath[],
): Promise<PathResult[]> {
    const { say } = context;
    return withRollback(context, async (addRollback) => {
        const ids = await securityGroupIdsByName(context, network.vpcId);
        const idsOf = (names: readonly string[]): string[] =>
            names.map((name) => {
                const id = ids.get(name);
                if (id === undefined) {
                    throw new DrillError(`there is no security group ${name} in ${network.vpcId}`);
                }
                return id;
            });
        say(`${expected.length} analyses, at $0.10 each, between throw-away network interfaces`);
        const drill = `Throw-away end of a drill in ${context.suffix} at ${new Date(context.clock.now()).toISOString()}`;
        addRollback(`network interfaces called "${drill}"`, (rollbackContext) =>
            deleteTestInterfaces(rollbackContext, drill),
        );
        const interfaceIn = createInterfaceFactory(context, drill);
        const verdicts: PathResult[] = [];
        const wrong: string[] = [];
        for (const path of expected) {
            const subnet = network.services.includes(path.to) ? network.privateSubnetId : network.databaseSubnetId;
            const ends: [string, string] = [
                await interfaceIn(network.privateSubnetId, idsOf(path.fromGroups)),
                await interfaceIn(subnet, idsOf(path.toGroups)),
            ];
            const {
                Status,
                StatusMessage,
                NetworkPathFound,
                Explanations = [],
            } = await analysePath(context, ends, path.port);
            const because = Explanations.flatMap(({ ExplanationCode }) => ExplanationCode ?? []);
            verdicts.push({ ...path, reachable: NetworkPathFound === true, explanationCodes: because });
            const name = `${path.from} -> ${path.to}:${path.port}`;
            if (Status !== "succeeded") {
                wrong.push(
                    `${name}: the analysis ${requireValue(Status, "DescribeNetworkInsightsAnalyses", "Status")}: ${StatusMessage ?? "no reason given"}`,
                );
            } else if (NetworkPathFound !== path.reachable) {
                wrong.push(`${name} must ${path.reachable ? "" : "not "}be reachable: ${because.join(", ")}`);
            } else if (!path.reachable && !because.some((code) => filterExplanationCodes.includes(code))) {
                wrong.push(`${name} is unreachable, but no filter stops it: ${because.join(", ")}`);
            }
        }
        if (wrong.length > 0) {
            throw new DrillError(wrong.join("\n"));
        }
        return verdicts;
    });
}
