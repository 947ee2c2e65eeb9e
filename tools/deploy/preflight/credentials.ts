import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { AwsClients } from "../clients.ts";
import { firstLineOfError } from "../exit.ts";

/** What is wrong with the credentials; without them nothing else can be checked. */
export async function findCredentialProblems({ sts }: Pick<AwsClients, "sts">, accountId?: string): Promise<string[]> {
    try {
        const { Account: account } = await sts.send(new GetCallerIdentityCommand({}));
        return accountId === undefined || account === accountId
            ? []
            : [`credentials: they are of account ${account ?? "unknown"}, the stack's accountId is ${accountId}`];
    } catch (error) {
        return [
            `credentials: AWS does not accept them: ${firstLineOfError(error)}; sign in (\`aws sso login\`) or set AWS_PROFILE`,
        ];
    }
}
