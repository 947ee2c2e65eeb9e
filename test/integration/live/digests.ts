import {
    DescribeTaskDefinitionCommand,
    DescribeTasksCommand,
    ListTasksCommand,
    type ECSClient,
} from "@aws-sdk/client-ecs";
import { nameOf } from "../../../lib/scope.ts";
import { migrationNoun } from "../../../lib/settings/migration.ts";
import { collectTokenPages } from "../../../tools/frame/aws-calls.ts";
import { digestOf } from "../../../tools/rollback/history.ts";
import type { Outputs } from "../support/outputs.ts";

/**
 * The digest of the image that each service runs, as Git records it: from the running tasks. A service without running tasks has none.
 * Not a task's `imageDigest`: of an image for several processors, that may be the digest of the part that was pulled.
 *
 * @throws Error where the tasks of a service run different images: a deployment is not over
 */
export async function digestsOf(
    ecs: ECSClient,
    { ecsClusterName: cluster, serviceNames }: Pick<Outputs, "ecsClusterName" | "serviceNames">,
): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const [service, serviceName] of Object.entries(serviceNames)) {
        const arns = await collectTokenPages(async (nextToken) => {
            const answer = await ecs.send(
                new ListTasksCommand({ cluster, serviceName, desiredStatus: "RUNNING", maxResults: 100, nextToken }),
            );
            return { items: answer.taskArns, next: answer.nextToken };
        });
        const digests = new Set<string>();
        // DescribeTasks takes 100 tasks at a time: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
        for (let i = 0; i < arns.length; i += 100) {
            const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: arns.slice(i, i + 100) }));
            tasks.forEach(({ containers }) =>
                digests.add(digestOf({ containerDefinitions: containers }, service) ?? "no digest"),
            );
        }
        const [digest, ...others] = digests;
        if (others.length > 0) {
            throw new Error(`${serviceName} runs ${digests.size} images: wait for its deployment, then ask again`);
        }
        if (digest !== undefined) {
            found[service] = digest;
        }
    }
    return found;
}

/** What the next stack may run: the digests of the services, and of the migration, from its task definition, as no task of it runs. */
export async function promotedDigests(
    ecs: ECSClient,
    outputs: Pick<Outputs, "ecsClusterName" | "environmentSuffix" | "serviceNames">,
): Promise<Record<string, string>> {
    const { taskDefinition } = await ecs.send(
        new DescribeTaskDefinitionCommand({
            taskDefinition: nameOf({ suffix: outputs.environmentSuffix }, migrationNoun),
        }),
    );
    const migration = digestOf(taskDefinition ?? {}, migrationNoun);
    return {
        ...(await digestsOf(ecs, outputs)),
        ...(migration !== undefined && { [migrationNoun]: migration }),
    };
}
