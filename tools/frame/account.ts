import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { AwsClients } from "./aws-clients.ts";
import { firstLineOfError } from "./exit.ts";

/**
 * What is wrong with the credentials; nothing where AWS accepts them and they are of the stack's account.
 *
 * @param accountId of the stack, if it sets one
 */
export async function credentialsProblem(
    { sts }: { readonly sts: Pick<AwsClients["sts"], "send"> },
    accountId?: string,
): Promise<string | undefined> {
    try {
        const { Account: account } = await sts.send(new GetCallerIdentityCommand({}));
        return accountId === undefined || account === accountId
            ? undefined
            : `credentials: they are of account ${account ?? "unknown"}, the stack's accountId is ${accountId}`;
    } catch (error) {
        return `credentials: AWS does not accept them: ${firstLineOfError(error)}; sign in (\`aws sso login\`) or set AWS_PROFILE`;
    }
}
