/** What several checks ask for alike. */
export interface ControlGroup {
    /** Ids of Security Hub (`EC2.15`), Checkov (`CKV_AWS_130`) and Pulumi's compliance policies (`aws-...`). */
    readonly ids: readonly string[];
    /** What is asked, in our own words. */
    readonly title: string;
    /** Requirements of PCI DSS that it serves, as in `requirements.ts`. */
    readonly requirements: readonly string[];
    /** Why the platform does not meet it; without a reason, a rule shows that it does. */
    readonly unmetReason?: string;
}
