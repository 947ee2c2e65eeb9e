import type * as pulumi from "@pulumi/pulumi";

/** Where a copy of the platform stands: what its names and ARNs are made of. */
export interface Scope {
    /** Ends every name, so that copies fit side by side into one account. */
    readonly suffix: string;
    readonly region: string;
    readonly accountId: pulumi.Output<string>;
    readonly partition: pulumi.Output<string>;
    /** The one switch that keeps stores from being deleted. */
    readonly deletionProtection: boolean;
    /** Changes that restart a store happen at once, not in its maintenance window. */
    readonly applyImmediately: boolean;
    /** Policy that no role of the platform can exceed. */
    readonly permissionsBoundaryArn?: string;
}

/** The name of a part in every list an operator reads: `payment-<noun>-<suffix>`. */
export const nameOf = (scope: Pick<Scope, "suffix">, noun: string): string => `payment-${noun}-${scope.suffix}`;
