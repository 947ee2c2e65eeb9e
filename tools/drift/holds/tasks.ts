import { DescribeTasksCommand, paginateListTasks, type ListTasksCommandInput, type Task } from "@aws-sdk/client-ecs";
import { allOf, type Clients } from "../../deploy/clients.ts";
import { everything, read } from "../../../analysis/deployer/grant.ts";

/** Rights that `tasksIn` takes. */
export const tasksRights = [read("ecs: ListTasks DescribeTasks", everything("tasks have random ids"))];

/** Tasks that DescribeTasks takes at once (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html). */
const most = 100;

/** Tasks of a cluster, or of one of its services. */
export async function tasksIn(client: Clients["ecs"], which: ListTasksCommandInput): Promise<Task[]> {
    const arns = await allOf(paginateListTasks({ client }, which), (page) => page.taskArns);
    const found: Task[] = [];
    for (let first = 0; first < arns.length; first += most) {
        const tasks = arns.slice(first, first + most);
        found.push(...((await client.send(new DescribeTasksCommand({ cluster: which.cluster, tasks }))).tasks ?? []));
    }
    return found;
}
