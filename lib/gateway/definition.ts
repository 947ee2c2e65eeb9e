import * as pulumi from "@pulumi/pulumi";
import { after } from "../ordering.ts";
import { sha256Of } from "../sorted-keys.ts";

type ResourceConstructor<A, R> = new (name: string, args: A, opts: pulumi.CustomResourceOptions) => R;

/**
 * The parts of an API. A deployment is a picture of them all: it must be taken after the last of them is made, and once
 * more whenever one changes, or merchants go on calling the API of yesterday.
 */
export class ApiDefinition {
    private readonly inputs: Record<string, unknown> = {};
    private readonly parts: pulumi.CustomResource[] = [];
    private readonly opts: pulumi.CustomResourceOptions;

    constructor(opts: pulumi.CustomResourceOptions) {
        this.opts = opts;
    }

    /** Makes a part. */
    public add<A, R extends pulumi.CustomResource>(type: ResourceConstructor<A, R>, name: string, args: NoInfer<A>): R {
        const part = new type(name, args, this.opts);
        this.inputs[`${type.name} ${name}`] = args;
        this.parts.push(part);
        return part;
    }

    /** Changes with every input of every part and with nothing else; resolves once all parts are made. */
    public fingerprint(): pulumi.Output<string> {
        return after(pulumi.output(this.inputs).apply(sha256Of), this.parts);
    }
}
