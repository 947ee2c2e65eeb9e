import { DescribeTasksCommand, paginateListTasks, type ListTasksCommandInput, type Task } from "@aws-sdk/client-ecs";
import { collectPages, type AwsClients } from "../../frame/aws-clients.ts";
import { allResources, readGrant } from "../../../plan/catalogue/deployer-grant.ts";

/** Rights that `listTasks` takes. */
export const listTasksPermissions = [readGrant("ecs: ListTasks DescribeTasks", allResources("tasks have random ids"))];

/** Tasks that DescribeTasks takes at once (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html). */
const tasksPerCall = 100;

/** Tasks of a cluster, or of one of its services. */
export async function listTasks(client: AwsClients["ecs"], filter: ListTasksCommandInput): Promise<Task[]> {
    const arns = await collectPages(paginateListTasks({ client }, filter), (page) => page.taskArns);
    const found: Task[] = [];
    for (let first = 0; first < arns.length; first += tasksPerCall) {
        const tasks = arns.slice(first, first + tasksPerCall);
        found.push(...((await client.send(new DescribeTasksCommand({ cluster: filter.cluster, tasks }))).tasks ?? []));
    }
    return found;
}
