import { DescribeTasksCommand, ListTasksCommand, type ECSClient } from "@aws-sdk/client-ecs";
import type { Outputs } from "../support/outputs.ts";
import { collectTokenPages } from "../../../tools/frame/aws-calls.ts";

/**
 * The digest of the image that each service runs, as its running tasks report it. A service without running tasks has none.
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
            const containers = tasks.flatMap((task) => task.containers ?? []);
            containers
                // The task also has GuardDuty's agent.
                .filter(({ name }) => name === service)
                .forEach(({ imageDigest = "no digest" }) => digests.add(imageDigest));
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
