import * as pulumi from "@pulumi/pulumi";

/** The value, once those resources exist: what takes it is made after them and deleted before them. */
export const after = <T>(value: pulumi.Output<T>, resources: readonly pulumi.CustomResource[]): pulumi.Output<T> =>
    pulumi.all(resources.map((resource) => resource.id)).apply(() => value);
