import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { viaService, type Statement } from "./iam.ts";
import { after } from "./ordering.ts";
import type { Scope } from "./scope.ts";

export interface EmptySecretArgs {
    readonly scope: Scope;
    readonly description: string;
    readonly keyArn: pulumi.Input<string>;
}

export interface SecretArgs extends EmptySecretArgs {
    readonly value: pulumi.Input<string>;
}

interface Inside {
    readonly parent: pulumi.Resource;
}

/**
 * A secret without a value, for what only an operator knows: the value is put with `aws secretsmanager put-secret-value`. As no
 * version is a resource of the stack, no update and no refresh reads or changes the value, and the state never has it.
 */
export const createEmptySecret = (
    name: string,
    { scope, description, keyArn }: EmptySecretArgs,
    inside: Inside,
): aws.secretsmanager.Secret =>
    new aws.secretsmanager.Secret(
        name,
        {
            // Pulumi chooses the name: Secrets Manager refuses the name of a secret in its recovery window.
            description,
            kmsKeyId: keyArn,
            recoveryWindowInDays: scope.deletionProtection ? 30 : 0,
        },
        { ...inside, protect: scope.deletionProtection },
    );

/** A secret with its value; the ARN resolves once the value is stored. */
export function createSecret(name: string, { value, ...args }: SecretArgs, inside: Inside): pulumi.Output<string> {
    const secret = createEmptySecret(name, args, inside);
    const version = new aws.secretsmanager.SecretVersion(name, { secretId: secret.id, secretString: value }, inside);
    return after(secret.arn, [version]);
}

/** Permissions to read a secret, and to use its key for this secret only. */
export const readSecretStatements = (
    scope: Scope,
    secretArn: pulumi.Output<string>,
    keyArn: pulumi.Input<string>,
): Statement[] => [
    { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secretArn },
    {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: keyArn,
        Condition: {
            StringEquals: {
                ...viaService(scope, "secretsmanager"),
                "kms:EncryptionContext:SecretARN": secretArn,
            },
        },
    },
];
