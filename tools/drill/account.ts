import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { DrillProblem, told, type Scene } from "./scene.ts";

/** @throws DrillProblem when the credentials are of another account than the stack's, if it names one */
export async function demandAccount({ clients }: Scene, accountId: string | undefined): Promise<void> {
    const { Account } = await clients.sts.send(new GetCallerIdentityCommand({}));
    const account = told(Account, "GetCallerIdentity", "Account");
    if (accountId !== undefined && account !== accountId) {
        throw new DrillProblem(`the credentials are of account ${account}, and the stack's is ${accountId}`);
    }
}
