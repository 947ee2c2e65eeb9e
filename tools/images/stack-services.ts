import { isMap, type Document } from "yaml";
import { migrationNoun } from "../../lib/settings/migration.ts";
import { suggestName } from "../../lib/settings/problem.ts";
import { yamlTextAt, writePulumiYaml } from "../../plan/pulumi-yaml.ts";
import { readStackDocument, settingPath, stackFilePath } from "../../plan/stack-file.ts";
import { ExitError } from "../frame/exit.ts";

const digestKey = "imageDigest";

/** The setting that holds the digest of a service, or of the migration, as messages name it. */
export const imageDigestSetting = (owner: string): string =>
    `${owner === migrationNoun ? migrationNoun : `services.${owner}`}.${digestKey}`;

/** Path of that setting in a stack's file. */
export const imageDigestPath = (document: Document, owner: string): string[] =>
    owner === migrationNoun
        ? [...settingPath(document, migrationNoun), digestKey]
        : [...settingPath(document, "services"), owner, digestKey];

/** The services in a stack's file, and the migration, changed in place: comments and order stay. */
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
        this.requireOneOf(this.services(), service);
    }

    /** @throws ExitError `usage` for a name that is neither that of a service nor `migration` */
    public requireImageOwner(name: string): void {
        this.requireOneOf(this.imageOwners(), name);
    }

    /** Digest that is recorded for a service, or for the migration. */
    public getDigest(service: string): string | undefined {
        return yamlTextAt(this.document, imageDigestPath(this.document, service));
    }

    /** Names of all services of the stack, and `migration`. */
    public imageOwners(): string[] {
        return [...this.services(), migrationNoun];
    }

    /** Records a digest and writes the file; returns what has changed, and the next command. */
    public recordDigest(service: string, digest: string): string {
        return this.recordDigests([[service, digest]]);
    }

    /** As `recordDigest`, for several services: the file is written once. */
    public recordDigests(digests: readonly (readonly [service: string, digest: string])[]): string {
        const changes = digests.map(([service, digest]) => this.setDigest(service, digest));
        const lines = changes.flatMap(({ text }) => text);
        if (!changes.some(({ isChanged }) => isChanged)) {
            return `${lines.join("\n")}\n`;
        }
        writePulumiYaml(this.file, this.document);
        return [...lines, `Next: npm run deploy -- ${this.stack} up`, ""].join("\n");
    }

    private services(): string[] {
        const services = this.document.getIn(this.servicesPath);
        return isMap(services) ? services.items.map(({ key }) => String(key)) : [];
    }

    private requireOneOf(known: readonly string[], name: string): void {
        if (!known.includes(name)) {
            const suggestion = known.length === 0 ? "there are none" : suggestName(name, known);
            throw new ExitError("usage", `no service "${name}" in stack ${this.stack}: ${suggestion}`);
        }
    }

    private setDigest(service: string, digest: string): { readonly isChanged: boolean; readonly text: string[] } {
        const before = this.getDigest(service);
        if (before === digest) {
            return { isChanged: false, text: [`${service} of ${this.stack} has ${digest} already`] };
        }
        const path = imageDigestPath(this.document, service);
        const group = path.slice(0, -1);
        if (!isMap(this.document.getIn(group))) {
            // `setIn` would make an ordered map, which Pulumi does not read.
            this.document.setIn(group, this.document.createNode({}));
        }
        this.document.setIn(path, digest);
        return {
            isChanged: true,
            text: [
                `Pulumi.${this.stack}.yaml: ${imageDigestSetting(service)}`,
                `  was ${before ?? "not set"}`,
                `  is  ${digest}`,
            ],
        };
    }
}
