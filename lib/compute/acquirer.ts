import type * as pulumi from "@pulumi/pulumi";
import { nameOf } from "../scope.ts";
import { acquirerNoun } from "../settings/acquirer.ts";
import { createEmptySecret, type EmptySecretArgs } from "../secret.ts";

/**
 * ARN of a secret for a service's credential at the acquirer. It has no value until an operator puts one
 * (docs/rotation.md, "The credential for the acquirer").
 */
export const acquirerSecret = (
    service: string,
    args: Omit<EmptySecretArgs, "description">,
    inside: { readonly parent: pulumi.Resource },
): pulumi.Output<string> =>
    createEmptySecret(
        nameOf(args.scope, acquirerNoun(service)),
        { ...args, description: `Credential of the service ${service} for the acquirer` },
        inside,
    ).arn;
