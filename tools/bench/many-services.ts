import { stringify } from "yaml";
import { requireItem } from "../../lib/list.ts";
import { parsePulumiYaml } from "../../plan/pulumi-yaml.ts";

interface Service {
    /** A worker has none. */
    path?: string;
    /** A copy has none: its priority follows from its name. */
    priority?: number;
    /** A queue has one consumer, so a copy has none. */
    consumes?: string;
}
/** The part of a stack file that is multiplied. */
interface StackFile {
    config: { "payment-platform:services": Record<string, Service>; "payment-platform:database"?: object };
}

/**
 * The stack file with as many services: the first ones are its own, the others copies under names of their own. A serverless database
 * has at most 5,000 connections, which the settings compare with all tasks; a provisioned one has a class for them.
 */
export function multiplyServices(stackFile: string, count: number): string {
    const file = parsePulumiYaml(stackFile, "Pulumi.prod.yaml").toJS() as StackFile;
    const originalServices = Object.entries(file.config["payment-platform:services"]);
    const services = Array.from({ length: count }, (_, index): [string, Service] => {
        const [name, service] = requireItem(originalServices, index % originalServices.length);
        const copy = Math.floor(index / originalServices.length);
        const path = service.path === undefined ? undefined : `/${name}-${copy}/*`;
        const own = { path, priority: undefined, consumes: undefined };
        return copy === 0 ? [name, service] : [`${name}-${copy}`, { ...service, ...own }];
    });
    const database = { instanceClass: "db.r8g.16xlarge", minAcu: undefined, maxAcu: undefined };
    const config = {
        ...file.config,
        "payment-platform:services": Object.fromEntries(services),
        "payment-platform:database": { ...file.config["payment-platform:database"], ...database },
    };
    return stringify({ ...file, config }, { aliasDuplicateObjects: false });
}
