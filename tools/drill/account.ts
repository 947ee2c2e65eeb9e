import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { DrillError, requireValue, type DrillContext } from "./context.ts";

/** @throws DrillError when the credentials belong to another account than the stack's `accountId`, if it is set */
export async function requireAccount({ clients }: DrillContext, accountId: string | undefined): Promise<void> {
    const { Account } = await clients.sts.send(new GetCallerIdentityCommand({}));
    const account = requireValue(Account, "GetCallerIdentity", "Account");
    if (accountId !== undefined && account !== accountId) {
        throw new DrillError(`the credentials are of account ${account}, and the stack's is ${accountId}`);
    }
}
