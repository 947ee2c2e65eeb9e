import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, parseDocument } from "yaml";
import { namespace } from "../../lib/settings/problem.ts";
import { ImageProblem } from "./problem.ts";

const servicesPath = ["config", `${namespace}services`];

/** The services in a stack's file, changed in place: comments and order stay. */
export class StackServices {
    private readonly file: string;
    private readonly document;
    private readonly stack: string;

    /** @param stack one whose file `readStack` has read without complaint */
    constructor(root: string, stack: string) {
        this.stack = stack;
        this.file = join(root, `Pulumi.${stack}.yaml`);
        this.document = parseDocument(readFileSync(this.file, "utf8"));
    }

    /** @throws ImageProblem when the stack has no such service */
    public demand(service: string): void {
        const services = this.document.getIn(servicesPath);
        if (!isMap(services) || !services.has(service)) {
            const known = isMap(services) ? services.items.map(({ key }) => String(key)).join(", ") : "none";
            throw new ImageProblem(`no service "${service}" in stack ${this.stack}: there are ${known}`);
        }
    }

    /** Digest that is recorded for a service. */
    public digestOf(service: string): string | undefined {
        const digest = this.document.getIn([...servicesPath, service, "imageDigest"]);
        return typeof digest === "string" ? digest : undefined;
    }

    /** Records a digest and writes the file. */
    public record(service: string, digest: string): void {
        this.document.setIn([...servicesPath, service, "imageDigest"], digest);
        writeFileSync(this.file, this.document.toString({ lineWidth: 0, flowCollectionPadding: false }));
    }
}
