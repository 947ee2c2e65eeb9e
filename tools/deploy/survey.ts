import { paginateDescribeImages } from "@aws-sdk/client-ecr";
import { ListObjectVersionsCommand, type ListObjectVersionsCommandInput } from "@aws-sdk/client-s3";
import { allOf, type Clients } from "./clients.ts";
import { reasonOf } from "./exit.ts";
import { nameOf, outputOf, stateOf, type State, type StateResource } from "../../plan/state.ts";

/** What an operator should know before a stack is destroyed. */
export interface Survey {
    /** What refuses to go. */
    readonly protectors: readonly string[];
    /** Data that goes with it. */
    readonly contents: readonly string[];
    /** What takes long. */
    readonly slow: readonly string[];
    /** What stays behind. */
    readonly survivors: readonly string[];
}

type Say = (inputs: NonNullable<StateResource["inputs"]>, resource: StateResource) => string | undefined;

/** Inputs by which AWS refuses to delete. */
const protections = ["deletionProtection", "deletionProtectionEnabled", "enableDeletionProtection"];

const minutesToGo: Readonly<Record<string, string>> = {
    "lambda/function:Function": "20 to 40 minutes: Lambda gives its network interfaces back late",
    "rds/cluster:Cluster": "about 10 minutes, after its instances",
    "elasticache/replicationGroup:ReplicationGroup": "about 10 minutes",
    "apigatewayv2/vpcLink:VpcLink": "some minutes, for its network interfaces",
};

const survivals: Readonly<Record<string, Say>> = {
    "kms/key:Key": (inputs) =>
        `key pending deletion for ${Number(inputs.deletionWindowInDays ?? 30)} days; \`aws kms cancel-key-deletion\` saves it`,
    "secretsmanager/secret:Secret": (inputs) =>
        inputs.recoveryWindowInDays === 0
            ? undefined
            : `secret recoverable for ${Number(inputs.recoveryWindowInDays ?? 30)} days, and its name taken`,
    "rds/cluster:Cluster": (inputs) =>
        inputs.skipFinalSnapshot === true ? undefined : `final snapshot ${String(inputs.finalSnapshotIdentifier)}`,
    "rds/clusterInstance:ClusterInstance": (inputs) =>
        Number(inputs.monitoringInterval ?? 0) > 0 ? "log group RDSOSMetrics, shared by the account" : undefined,
    "ecs/cluster:Cluster": (_, cluster) =>
        `log group /aws/ecs/containerinsights/${outputOf(cluster, "name")}/performance, where AWS writes a late record`,
    "apigateway/account:Account": () =>
        "the account without a role for API Gateway's logs: other stacks' APIs stop logging",
};

export async function surveyOf(clients: Pick<Clients, "s3" | "ecr">, state: State): Promise<Survey> {
    return {
        protectors: protectorsIn(state),
        contents: await contentsOf(clients, state),
        slow: told(state, Object.fromEntries(Object.entries(minutesToGo).map(([type, time]) => [type, () => time]))),
        survivors: told(state, survivals),
    };
}

export const protectorsIn = ({ resources }: State): string[] =>
    resources.flatMap((resource) => {
        const refusing = protections.filter((key) => resource.inputs?.[key] === true);
        const by = [...(resource.protect === true ? ["Pulumi's protect"] : []), ...refusing];
        return by.length > 0 ? [`${nameOf(resource)} (${resource.type}): ${by.join(", ")}`] : [];
    });

const told = (state: State, sayings: Readonly<Record<string, Say>>): string[] => [
    ...new Set(
        Object.entries(sayings).flatMap(([type, say]) =>
            stateOf(state, type).flatMap((resource) => {
                const what = say(resource.inputs ?? {}, resource);
                return what === undefined ? [] : [`${nameOf(resource)}: ${what}`];
            }),
        ),
    ),
];

async function contentsOf({ s3, ecr }: Pick<Clients, "s3" | "ecr">, state: State): Promise<string[]> {
    const buckets = stateOf(state, "s3/bucket:Bucket").map((bucket) =>
        contentOf(bucket, "bucket", "objects and versions", "forceDestroy", (name) => objectsIn(s3, name)),
    );
    const repositories = stateOf(state, "ecr/repository:Repository").map((repository) =>
        contentOf(repository, "name", "images", "forceDelete", async (name) => {
            const pages = paginateDescribeImages({ client: ecr }, { repositoryName: name });
            return String((await allOf(pages, (page) => page.imageDetails)).length);
        }),
    );
    return (await Promise.all([...buckets, ...repositories])).flat();
}

async function contentOf(
    resource: StateResource,
    nameKey: string,
    what: string,
    forcedBy: string,
    count: (name: string) => Promise<string>,
): Promise<string[]> {
    const name = outputOf(resource, nameKey);
    try {
        const found = await count(name);
        const fate = resource.inputs?.[forcedBy] === true ? "deleted with it" : `AWS refuses: ${forcedBy} is off`;
        return found === "0" ? [] : [`${name}: ${found} ${what}, ${fate}`];
    } catch (error) {
        return [`${name}: could not be counted: ${reasonOf(error)}`];
    }
}

/** Pages of 1,000 objects that are counted: a number beyond them tells an operator no more. */
const mostPages = 10;

async function objectsIn(s3: Clients["s3"], bucket: string): Promise<string> {
    let objects = 0;
    let after: Pick<ListObjectVersionsCommandInput, "KeyMarker" | "VersionIdMarker"> = {};
    for (let page = 0; page < mostPages; page += 1) {
        const listed = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, ...after }));
        objects += (listed.Versions?.length ?? 0) + (listed.DeleteMarkers?.length ?? 0);
        if (listed.IsTruncated !== true) {
            return String(objects);
        }
        after = { KeyMarker: listed.NextKeyMarker, VersionIdMarker: listed.NextVersionIdMarker };
    }
    return `${objects} or more`;
}
