import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { AwsClients } from "./aws-clients.ts";
import { ExitError, firstLineOfError } from "./exit.ts";

interface StsAccess {
    readonly sts: Pick<AwsClients["sts"], "send">;
}

/** Who the credentials are of, as AWS STS says it. */
export interface Caller {
    /** The IAM user, or the session of the assumed role: its last part is the name of the session. */
    readonly arn: string;
    readonly account: string;
}

/**
 * Who calls AWS.
 *
 * @param accountId of the stack, if it sets one
 * @throws ExitError `failed` where AWS does not accept the credentials, or they are of another account
 */
export async function requireCaller({ sts }: StsAccess, accountId?: string): Promise<Caller> {
    const { Account: account = "unknown", Arn: arn = "unknown" } = await sts
        .send(new GetCallerIdentityCommand({}))
        .catch((error: unknown) => {
            throw new ExitError(
                "failed",
                `credentials: AWS does not accept them: ${firstLineOfError(error)}; sign in (\`aws sso login\`) or set AWS_PROFILE`,
            );
        });
    if (accountId !== undefined && account !== accountId) {
        throw new ExitError(
            "failed",
            `credentials: they are of account ${account}, the stack's accountId is ${accountId}`,
        );
    }
    return { arn, account };
}

/**
 * What is wrong with the credentials; nothing where AWS accepts them and they are of the stack's account.
 *
 * @param accountId of the stack, if it sets one
 */
export async function credentialsProblem(clients: StsAccess, accountId?: string): Promise<string | undefined> {
    try {
        await requireCaller(clients, accountId);
        return undefined;
    } catch (error) {
        return firstLineOfError(error);
    }
}
