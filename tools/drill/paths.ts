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
import { graphOf } from "../../analysis/network/network-graph.ts";
import { connection } from "../../analysis/network/connections.ts";
import { labelOf, type Place } from "../../analysis/network/network-nodes.ts";
import { at } from "../../lib/list.ts";
import { all } from "../../plan/query.ts";
import type { Plan } from "../../plan/plan.ts";
import { deleted, DrillProblem, puttingBack, told, until, type Deletion, type Scene } from "./scene.ts";

/** A connection from a service, and whether it must be possible. */
export interface Expected {
    readonly from: string;
    readonly to: string;
    readonly port: number;
    readonly reachable: boolean;
    /** Names of the security groups at both ends. */
    readonly fromGroups: readonly string[];
    readonly toGroups: readonly string[];
}

export interface Verdict extends Expected {
    /** What AWS says is in the way. */
    readonly because: readonly string[];
}

/** Every connection from a service to a store and to another service, as the plan would let it pass or stop it. */
export function expectedPaths(plan: Plan, suffix: string): Expected[] {
    const { places } = graphOf(plan);
    const names = Object.fromEntries(all(plan, "ec2/securityGroup:SecurityGroup").map(({ id, name }) => [id, name]));
    const groupsOf = ({ groups }: Place): string[] => groups.map((id) => at(names, id));
    const services = places.filter(({ kind }) => kind === "service");
    const ends = places.filter(({ kind, subnets }) => ["service", "store"].includes(kind) && subnets.length > 0);
    return services.flatMap((from) =>
        ends
            .filter((to) => to !== from)
            .flatMap((to) =>
                to.ports.map((port) => ({
                    from: labelOf(from, suffix),
                    to: labelOf(to, suffix),
                    port,
                    reachable: connection(plan, from, to, port, "any") !== undefined,
                    fromGroups: groupsOf(from),
                    toGroups: groupsOf(to),
                })),
            ),
    );
}

/** Where throw-away interfaces stand: `from` in the tasks' subnet, `to` where the other end does. */
export interface Ground {
    readonly vpcId: string;
    readonly privateSubnetId: string;
    readonly databaseSubnetId: string;
    /** Services to which a connection may lead; all else are stores. */
    readonly services: readonly string[];
}

/** Reasons that a filter gives; any other means that the analysis found no way at all, and proves nothing. */
const filters = ["ENI_SG_RULES_MISMATCH", "SG_HAS_NO_RULES", "SUBNET_ACL_RESTRICTION"];

const interfaceEnds: Deletion = {
    // AWS needs a moment to let go of it.
    busy: ["InvalidNetworkInterface.InUse", "InvalidParameterValue"],
    gone: ["InvalidNetworkInterfaceID.NotFound"],
    withinMinutes: 5,
};

/** Deletes every interface that bears the drill's name, and the paths and analyses that begin there. */
async function cleanUp(scene: Scene, drill: string): Promise<void> {
    const { ec2 } = scene.clients;
    const { NetworkInterfaces = [] } = await ec2.send(
        new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "description", Values: [drill] }] }),
    );
    const ids = NetworkInterfaces.map(({ NetworkInterfaceId }) =>
        told(NetworkInterfaceId, "DescribeNetworkInterfaces", "NetworkInterfaceId"),
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
        await deleted(scene, NetworkInterfaceId, interfaceEnds, () =>
            ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })),
        );
    }
}

/** Makes an interface for each combination of subnet and groups, once. */
function interfaceMaker({ clients: { ec2 } }: Scene, Description: string) {
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
        const id = told(NetworkInterface?.NetworkInterfaceId, "CreateNetworkInterface", "NetworkInterfaceId");
        made.set(key, id);
        return id;
    };
}

async function analyse(
    scene: Scene,
    [Source, Destination]: readonly [string, string],
    DestinationPort: number,
): Promise<NetworkInsightsAnalysis> {
    const { ec2 } = scene.clients;
    const { NetworkInsightsPath: path } = await ec2.send(
        new CreateNetworkInsightsPathCommand({ Source, Destination, DestinationPort, Protocol: "tcp" }),
    );
    const { NetworkInsightsAnalysis: started } = await ec2.send(
        new StartNetworkInsightsAnalysisCommand({
            NetworkInsightsPathId: told(
                path?.NetworkInsightsPathId,
                "CreateNetworkInsightsPath",
                "NetworkInsightsPathId",
            ),
        }),
    );
    const id = told(started?.NetworkInsightsAnalysisId, "StartNetworkInsightsAnalysis", "NetworkInsightsAnalysisId");
    return until(scene, { what: `the analysis ${id} ends`, withinMinutes: 10, everySeconds: 5 }, async () => {
        const { NetworkInsightsAnalyses: [analysis] = [] } = await ec2.send(
            new DescribeNetworkInsightsAnalysesCommand({ NetworkInsightsAnalysisIds: [id] }),
        );
        return analysis?.Status === "running" ? undefined : analysis;
    });
}

/** Ids of the stack's security groups by the names that Pulumi gives. */
async function groupIds({ clients: { ec2 } }: Scene, vpcId: string): Promise<Map<unknown, string>> {
    const { SecurityGroups } = await ec2.send(
        new DescribeSecurityGroupsCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }], MaxResults: 1000 }),
    );
    return new Map(
        told(SecurityGroups, "DescribeSecurityGroups", "SecurityGroups").map(({ GroupId, Tags }) => [
            Tags?.find(({ Key }) => Key === "Name")?.Value,
            told(GroupId, "DescribeSecurityGroups", "GroupId"),
        ]),
    );
}

/**
 * Asks AWS's Reachability Analyzer for each connection, from throw-away interfaces with the groups of either end, and
 * compares. It reads routes, groups and NACLs as they stand and sends no packet, so it needs no image and no task.
 *
 * @throws DrillProblem that names each connection that is not as expected
 */
export function comparePaths(scene: Scene, ground: Ground, expected: readonly Expected[]): Promise<Verdict[]> {
    const { say } = scene;
    return puttingBack(scene, async (putBack) => {
        const ids = await groupIds(scene, ground.vpcId);
        const idsOf = (names: readonly string[]): string[] =>
            names.map((name) => {
                const id = ids.get(name);
                if (id === undefined) {
                    throw new DrillProblem(`there is no security group ${name} in ${ground.vpcId}`);
                }
                return id;
            });
        say(`${expected.length} analyses, at $0.10 each, between throw-away network interfaces`);
        const drill = `Throw-away end of a drill in ${scene.suffix} at ${new Date(scene.clock.now()).toISOString()}`;
        putBack(`network interfaces called "${drill}"`, (patient) => cleanUp(patient, drill));
        const interfaceIn = interfaceMaker(scene, drill);
        const verdicts: Verdict[] = [];
        const wrong: string[] = [];
        for (const path of expected) {
            const subnet = ground.services.includes(path.to) ? ground.privateSubnetId : ground.databaseSubnetId;
            const ends: [string, string] = [
                await interfaceIn(ground.privateSubnetId, idsOf(path.fromGroups)),
                await interfaceIn(subnet, idsOf(path.toGroups)),
            ];
            const {
                Status,
                StatusMessage,
                NetworkPathFound,
                Explanations = [],
            } = await analyse(scene, ends, path.port);
            const because = Explanations.flatMap(({ ExplanationCode }) => ExplanationCode ?? []);
            verdicts.push({ ...path, reachable: NetworkPathFound === true, because });
            const name = `${path.from} -> ${path.to}:${path.port}`;
            if (Status !== "succeeded") {
                wrong.push(
                    `${name}: the analysis ${told(Status, "DescribeNetworkInsightsAnalyses", "Status")}: ${StatusMessage ?? "no reason given"}`,
                );
            } else if (NetworkPathFound !== path.reachable) {
                wrong.push(`${name} must ${path.reachable ? "" : "not "}be reachable: ${because.join(", ")}`);
            } else if (!path.reachable && !because.some((code) => filters.includes(code))) {
                wrong.push(`${name} is unreachable, but no filter stops it: ${because.join(", ")}`);
            }
        }
        if (wrong.length > 0) {
            throw new DrillProblem(wrong.join("\n"));
        }
        return verdicts;
    });
}
