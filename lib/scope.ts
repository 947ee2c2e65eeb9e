import type * as pulumi from "@pulumi/pulumi";

/** Suffix, region and account of a platform, from which names and ARNs are built, and its settings for deletion. */
export interface Scope {
    /** Last part of every name, so that one account can have several platforms. */
    readonly suffix: string;
    readonly region: string;
    readonly accountId: pulumi.Output<string>;
    readonly partition: pulumi.Output<string>;
    /** Protects everything that stores data from deletion. */
    readonly deletionProtection: boolean;
    /** Applies changes that restart the database or the cache immediately instead of in the maintenance window. */
    readonly applyImmediately: boolean;
    /** Permissions boundary of every role. */
    readonly permissionsBoundaryArn?: string;
}

/** Type of the component that contains the whole platform. */
export const platformType = "payment:index:PaymentPlatform";

/** The ID of an AWS account. */
export const accountIdPattern = /^\d{12}$/;

/** The name of a resource: `payment-<noun>-<suffix>`. */
export const nameOf = (scope: Pick<Scope, "suffix">, noun: string): string => `payment-${noun}-${scope.suffix}`;
