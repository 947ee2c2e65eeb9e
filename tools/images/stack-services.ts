import { writeFileSync } from "node:fs";
import { isMap } from "yaml";
import { readPulumiYaml, yamlTextAt, stringifyPulumiYaml } from "../../plan/pulumi-yaml.ts";
import { settingPath, stackFilePath } from "../../plan/stack-file.ts";
import { ImageError } from "./image-error.ts";

/** The services in a stack's file, changed in place: comments and order stay. */
export class StackServices {
    private readonly file: string;
    private readonly document;
    private readonly servicesPath;
    private readonly stack: string;

    /** @param stack one whose file `readStack` has read without complaint */
    constructor(root: string, stack: string) {
        this.stack = stack;
        this.file = stackFilePath(root, stack);
        this.document = readPulumiYaml(this.file);
        this.servicesPath = settingPath(this.document, "services");
    }

    /** @throws ImageProblem when the stack has no such service */
    public requireService(service: string): void {
        const services = this.document.getIn(this.servicesPath);
        if (!isMap(services) || !services.has(service)) {
            const known = isMap(services) ? services.items.map(({ key }) => String(key)).join(", ") : "none";
            throw new ImageError(`no service "${service}" in stack ${this.stack}: there are ${known}`);
        }
    }

    /** Digest that is recorded for a service. */
    public getDigest(service: string): string | undefined {
        return yamlTextAt(this.document, [...this.servicesPath, service, "imageDigest"]);
    }

    /** Records a digest and writes the file. */
    public setDigest(service: string, digest: string): void {
        this.document.setIn([...this.servicesPath, service, "imageDigest"], digest);
        writeFileSync(this.file, stringifyPulumiYaml(this.document));
    }
}
