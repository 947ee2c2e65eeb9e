import { writeFileSync } from "node:fs";
import { isMap } from "yaml";
import { suggestName } from "../../lib/settings/problem.ts";
import { yamlTextAt, stringifyPulumiYaml } from "../../plan/pulumi-yaml.ts";
import { readStackDocument, settingPath, stackFilePath } from "../../plan/stack-file.ts";
import { ExitError } from "../frame/exit.ts";

/** The services in a stack's file, changed in place: comments and order stay. */
export class StackServices {
    private readonly file: string;
    private readonly document;
    private readonly servicesPath;
    private readonly stack: string;

    /** @throws PlanError when there is no such stack, or its file is no YAML */
    constructor(root: string, stack: string) {
        this.stack = stack;
        this.file = stackFilePath(root, stack);
        this.document = readStackDocument(root, stack);
        this.servicesPath = settingPath(this.document, "services");
    }

    /** @throws ExitError `usage` when the stack has no such service */
    public requireService(service: string): void {
        const services = this.document.getIn(this.servicesPath);
        if (!isMap(services) || !services.has(service)) {
            const known = isMap(services) ? services.items.map(({ key }) => String(key)) : [];
            const suggestion = known.length === 0 ? "there are none" : suggestName(service, known);
            throw new ExitError("usage", `no service "${service}" in stack ${this.stack}: ${suggestion}`);
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
