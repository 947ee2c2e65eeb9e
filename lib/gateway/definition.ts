import * as pulumi from "@pulumi/pulumi";
import { after } from "../ordering.ts";
import { sha256Of } from "../sorted-keys.ts";

type ResourceConstructor<A, R> = new (name: string, args: A, opts: pulumi.CustomResourceOptions) => R;

/**
 * The resources of a REST API. A deployment is a snapshot of them: it must be created after all of them, and again when one
 * changes, because a stage serves the snapshot.
 */
export class ApiDefinition {
    private readonly inputs: Record<string, unknown> = {};
    private readonly parts: pulumi.CustomResource[] = [];
    private readonly opts: pulumi.CustomResourceOptions;

    constructor(opts: pulumi.CustomResourceOptions) {
        this.opts = opts;
    }

    /** Creates a resource of the API. */
    public add<A, R extends pulumi.CustomResource>(type: ResourceConstructor<A, R>, name: string, args: NoInfer<A>): R {
        const part = new type(name, args, this.opts);
        this.inputs[`${type.name} ${name}`] = args;
        this.parts.push(part);
        return part;
    }

    /**
     * Changes with every input of every resource and with nothing else; resolves once all resources exist. Not secret, so that a
     * plan shows its change, although an input is: nobody finds a token of 64 random characters by its hash.
     */
    public fingerprint(): pulumi.Output<string> {
        return after(pulumi.unsecret(pulumi.output(this.inputs).apply(sha256Of)), this.parts);
    }
}
