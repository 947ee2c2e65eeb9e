import * as pulumi from "@pulumi/pulumi";

/**
 * The value, once those resources exist: what takes it is made after them and deleted before them. It waits for their URNs,
 * as a preview knows no ID of a new resource: it would not know the value either, and announce that whatever takes it changes.
 */
export const after = <T>(value: pulumi.Output<T>, resources: readonly pulumi.CustomResource[]): pulumi.Output<T> =>
    pulumi.all(resources.map((resource) => resource.urn)).apply(() => value);
