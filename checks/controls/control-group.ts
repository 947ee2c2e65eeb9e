/** Checks of several products that require the same. */
export interface ControlGroup {
    /** Ids of Security Hub (`EC2.15`), Checkov (`CKV_AWS_130`) and Pulumi's compliance policies (`aws-...`). */
    readonly ids: readonly string[];
    /** The requirement, in our own words. */
    readonly title: string;
    /** PCI DSS requirements that these checks support, as in `requirements.ts`. */
    readonly requirements: readonly string[];
    /** Names of the rules that show that the platform meets it. */
    readonly rules?: readonly string[];
    /** Why the platform does not meet it, where it has no rules. */
    readonly unmetReason?: string;
}
