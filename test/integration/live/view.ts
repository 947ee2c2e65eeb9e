import { DescribeManagedPrefixListsCommand, DescribeNatGatewaysCommand } from "@aws-sdk/client-ec2";
import { DescribeDBClustersCommand } from "@aws-sdk/client-rds";
import { resourcesOfType, isObjectOrArray } from "../../../plan/query.ts";
import { mapConcurrently } from "../../../tools/frame/aws-calls.ts";
import type { Plan, PlanNode, Values } from "../../../plan/plan.ts";
import type { Outputs } from "../support/outputs.ts";
import type { Clients } from "./clients.ts";
import { namesOf, pairsOf, type Pair } from "./names.ts";
import { readListing, readRow, type Asking, type Difference, type Reading } from "./read.ts";
import { tagsOf, type Live } from "./row.ts";
import { listings, rows } from "./rows.ts";

/** What AWS has, with the plan's names. */
export interface View {
    /** The plan with AWS's values where they differ, without resources that AWS lacks, and with resources that are not planned. */
    readonly plan: Plan;
    readonly differences: readonly Difference[];
    /** Properties that were read from AWS, by URN. */
    readonly seen: ReadonlyMap<string, ReadonlySet<string>>;
}

/** IDs of the NAT gateways of a plan, which have no ARN; the names of those that are deleted stay for an hour. */
async function natGatewayIds({ ec2 }: Clients, plan: Plan): Promise<Pair[]> {
    const planned = resourcesOfType(plan, "ec2/natGateway:NatGateway");
    if (planned.length === 0) {
        return [];
    }
    const { NatGateways = [] } = await ec2.send(
        new DescribeNatGatewaysCommand({
            Filter: [
                { Name: "tag:Name", Values: planned.map(({ name }) => name) },
                { Name: "state", Values: ["available"] },
            ],
        }),
    );
    const live = new Map(NatGateways.map(({ Tags, NatGatewayId = "" }) => [tagsOf(Tags).Name, NatGatewayId]));
    return planned.flatMap(({ id, name }): Pair[] => {
        const found = live.get(name);
        return found === undefined ? [] : [[id, found]];
    });
}

/** IDs that are in no ARN and no output: of AWS's managed prefix lists, of NAT gateways, and of clusters in `rds-db:connect`. */
async function otherIds(clients: Clients, plan: Plan): Promise<Pair[]> {
    const { ec2, rds } = clients;
    const { PrefixLists = [] } = await ec2.send(new DescribeManagedPrefixListsCommand({}));
    const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({}));
    const live = new Map([
        ...PrefixLists.map(({ PrefixListName, PrefixListId }) => [PrefixListName, PrefixListId] as const),
        ...DBClusters.map(
            ({ DBClusterIdentifier, DbClusterResourceId }) => [DBClusterIdentifier, DbClusterResourceId] as const,
        ),
    ]);
    const pair = (planned: unknown, name: unknown): Pair[] => {
        const found = live.get(String(name));
        return typeof planned === "string" && found !== undefined ? [[planned, found]] : [];
    };
    return [
        ...(await natGatewayIds(clients, plan)),
        ...resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").flatMap(({ inputs, outputs }) =>
            pair(outputs.prefixListId, inputs.serviceName),
        ),
        ...resourcesOfType(plan, "rds/cluster:Cluster").flatMap(({ inputs, outputs }) =>
            pair(outputs.clusterResourceId, inputs.clusterIdentifier),
        ),
    ];
}

/** JSON that the program gives as a text is read as a text. */
function overlaid(values: Values, changed: Live, isMeant: (property: string) => boolean): Values {
    const form = (key: string, value: unknown) =>
        typeof values[key] === "string" && isObjectOrArray(value) ? JSON.stringify(value) : value;
    const meant = Object.entries(changed).filter(([key]) => isMeant(key));
    return { ...values, ...(Object.fromEntries(meant.map(([key, value]) => [key, form(key, value)])) as Values) };
}

function overlay(plan: Plan, readings: readonly Reading[]): Plan {
    // What is equal keeps the plan's form: rules are written for it.
    const changed = new Map(readings.flatMap((reading) => reading.changed));
    const missing = new Set(readings.flatMap((reading) => reading.missing));
    const nodes = plan.nodes
        .filter(({ urn }) => !missing.has(urn))
        .map((node): PlanNode => {
            const { inputs, outputs } = node;
            const found = changed.get(node.urn) ?? {};
            return {
                ...node,
                // Also an input that the program leaves out.
                inputs: overlaid(inputs, found, (property) => property in inputs || !(property in outputs)),
                outputs: overlaid(outputs, found, (property) => property in outputs),
            };
        });
    return { ...plan, nodes: [...nodes, ...readings.flatMap(({ strays }) => strays)] };
}

/** Reads every planned resource that can be read from AWS. Changes nothing. */
export async function liveView(given: Omit<Asking, "names">, outputs: Outputs): Promise<View> {
    const { aws, plan } = given;
    const asking = { ...given, names: namesOf([...pairsOf(plan, outputs), ...(await otherIds(aws, plan))]) };
    const questions = [
        ...rows.flatMap((row) => resourcesOfType(plan, row.type).map((node) => () => readRow(asking, row, node))),
        ...listings.flatMap((listing) =>
            resourcesOfType(plan, listing.under).map((owner) => () => readListing(asking, listing, owner)),
        ),
    ];
    const readings = await mapConcurrently(questions, (ask) => ask());
    return {
        plan: overlay(plan, readings),
        differences: readings.flatMap(({ differences }) => differences),
        seen: new Map(
            readings.flatMap(({ seen }) => seen.map(([urn, properties]) => [urn, new Set(properties)] as const)),
        ),
    };
}
