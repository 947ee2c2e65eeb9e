import { DeleteLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { outputText, stateResourcesOfType, type State } from "../../plan/state.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { firstLineOfError } from "../frame/exit.ts";

/**
 * Deletes log groups that were in the state of a destroyed stack and exist again: Container Insights and RDS write once more
 * after the cluster is gone, and CloudWatch Logs creates the group for it. The next stack of that suffix could not create it.
 *
 * @param state what the stack had before it was destroyed
 * @returns a line for each group that was found, deleted or not
 */
export async function deleteLateLogGroups({ logs }: Pick<AwsClients, "logs">, state: State): Promise<string[]> {
    const lines: string[] = [];
    for (const group of stateResourcesOfType(state, "cloudwatch/logGroup:LogGroup")) {
        const logGroupName = outputText(group, "name");
        try {
            const { logGroups = [] } = await logs.send(
                new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }),
            );
            if (logGroups.some((each) => each.logGroupName === logGroupName)) {
                await logs.send(new DeleteLogGroupCommand({ logGroupName }));
                lines.push(`deleted log group ${logGroupName}, which AWS had created again`);
            }
        } catch (error) {
            lines.push(`warning: log group ${logGroupName} may exist again: ${firstLineOfError(error)}`);
        }
    }
    return lines;
}
