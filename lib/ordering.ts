import * as pulumi from "@pulumi/pulumi";

/**
 * The value, once those resources exist: a resource that uses it is created after them and deleted before them. It waits for
 * their URNs and not for their IDs, which a preview does not have: the value would be unknown, and shown as a change.
 */
export const after = <T>(value: pulumi.Output<T>, resources: readonly pulumi.CustomResource[]): pulumi.Output<T> =>
    pulumi.all(resources.map((resource) => resource.urn)).apply(() => value);
