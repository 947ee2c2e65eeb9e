import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { nameOf, type Scope } from "../scope.ts";
import { createSecret } from "../secret.ts";
import { breakGlassNoun, breakGlassUser } from "../settings/break-glass.ts";

/**
 * Secret with the password of the database user of the person on call. The Data API logs in with a secret alone, so IAM
 * tokens, which services use, are not possible here
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html).
 */
export function createBreakGlassSecret(
    scope: Scope,
    keyArn: pulumi.Input<string>,
    inside: { readonly parent: pulumi.Resource },
): void {
    const name = nameOf(scope, breakGlassNoun);
    const { result: password } = new random.RandomPassword(name, { length: 64, special: false }, inside);
    createSecret(
        name,
        {
            scope,
            description: "Password of the database user of the person on call, for the RDS Data API",
            keyArn,
            value: pulumi.jsonStringify({ username: breakGlassUser, password }),
        },
        inside,
    );
}
