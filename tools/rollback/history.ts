import {
    DescribeServicesCommand,
    DescribeTaskDefinitionCommand,
    type ContainerDefinition,
    type TaskDefinition,
} from "@aws-sdk/client-ecs";
import { nameOf } from "../../lib/scope.ts";
import { digestPattern } from "../../lib/settings/fields.ts";
import { splitPart } from "../../plan/query.ts";
import { mapConcurrently } from "../frame/aws-calls.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { undefinedIfNamed } from "../frame/aws-errors.ts";
import { ExitError } from "../frame/exit.ts";

/** Where to find a service of a stack: in ECS its service and its task definitions have one name. */
export interface ServiceLookup {
    readonly ecs: AwsClients["ecs"];
    readonly suffix: string;
    readonly service: string;
}

/** An image that the task definitions of a service had. */
export interface DeployedImage {
    readonly digest: string;
    /** Revision of the task definition that brought it. */
    readonly revision: number;
    /** When that revision was registered. */
    readonly since?: Date;
}

/** Revisions that are read, from the latest back: those of some months. */
export const maxRevisions = 50;

/** What ECS runs of a service, or starts. */
export interface RunningTasks {
    /** Revision of their task definition; nothing where it was deleted. */
    readonly revision?: number;
    /** Digest of their image; nothing where the service has none yet. */
    readonly digest?: string;
}

/**
 * What ECS runs of a service, or starts.
 *
 * @throws ExitError `not-deployed` when the service does not exist
 */
export async function runningTasks({ ecs, suffix, service }: ServiceLookup): Promise<RunningTasks> {
    const name = nameOf({ suffix }, service);
    const answer = await ecs
        .send(new DescribeServicesCommand({ cluster: nameOf({ suffix }, "cluster"), services: [name] }))
        .catch(undefinedIfNamed("ClusterNotFoundException"));
    const [found] = answer?.services ?? [];
    if (found?.taskDefinition === undefined || found.status === "INACTIVE") {
        throw new ExitError("not-deployed", `ECS has no service ${name}: deploy the stack first`);
    }
    const definition = await describeTaskDefinition(ecs, found.taskDefinition);
    return definition === undefined ? {} : { revision: definition.revision, digest: digestOf(definition, service) };
}

/**
 * The images before and up to the one of the latest revision, the oldest first. An image to which the service went back ends
 * what came after it: it is not before itself.
 */
export function deployedImages(definitions: readonly TaskDefinition[], service: string): DeployedImage[] {
    return definitions.reduce<DeployedImage[]>((before, definition) => {
        const digest = digestOf(definition, service);
        const at = before.findIndex((image) => image.digest === digest);
        if (digest === undefined || at !== -1) {
            return at === -1 ? before : before.slice(0, at + 1);
        }
        return [...before, { digest, revision: definition.revision ?? 0, since: definition.registeredAt }];
    }, []);
}

/** The task definitions of a service, the oldest first, `maxRevisions` at most. */
export async function latestTaskDefinitions({ ecs, suffix, service }: ServiceLookup): Promise<TaskDefinition[]> {
    const family = nameOf({ suffix }, service);
    const { revision: latest = 0 } = (await describeTaskDefinition(ecs, family)) ?? {};
    const first = Math.max(1, latest - maxRevisions + 1);
    const revisions = Array.from({ length: latest === 0 ? 0 : latest - first + 1 }, (_, i) => first + i);
    // Pulumi deregisters a revision when it replaces it: ECS lists it no more, and still describes it.
    const definitions = await mapConcurrently(revisions, (each) => describeTaskDefinition(ecs, `${family}:${each}`));
    return definitions.filter((definition) => definition !== undefined);
}

/** Digest of the image of a service in a task definition; nothing where it has none yet. */
export const digestOf = (
    { containerDefinitions = [] }: { readonly containerDefinitions?: Pick<ContainerDefinition, "name" | "image">[] },
    service: string,
): string | undefined => {
    const digest = splitPart(containerDefinitions.find(({ name }) => name === service)?.image ?? "", "@", 1);
    return digestPattern.test(digest) ? digest : undefined;
};

/** Undefined where there is no such revision, which ECS answers with `ClientException`. */
async function describeTaskDefinition(
    ecs: AwsClients["ecs"],
    taskDefinition: string,
): Promise<TaskDefinition | undefined> {
    const answer = await ecs
        .send(new DescribeTaskDefinitionCommand({ taskDefinition }))
        .catch(undefinedIfNamed("ClientException"));
    return answer?.taskDefinition;
}
