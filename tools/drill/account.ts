import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { DrillError, requireValue, type DrillContext } from "./context.ts";

/** @throws DrillProblem when the credentials are of another account than the stack's, if it names one */
export async function requireAccount({ clients }: DrillContext, accountId: string | undefined): Promise<void> {
    const { Account } = await clients.sts.send(new GetCallerIdentityCommand({}));
    const account = requireValue(Account, "GetCallerIdentity", "Account");
    if (accountId !== undefined && account !== accountId) {
        throw new DrillError(`the credentials are of account ${account}, and the stack's is ${accountId}`);
    }
}
