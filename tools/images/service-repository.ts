import { nameOf } from "../../lib/scope.ts";
import { namespace, regionKey } from "../../lib/settings/problem.ts";
import { readStack } from "../../plan/stack-file.ts";
import { ExitError } from "../frame/exit.ts";
import type { ImageRepository } from "./reference.ts";

/** The repository of a service. @throws ExitError `failed` where the stack file does not say its name or region */
export function serviceRepository(root: string, stack: string, service: string): ImageRepository {
    const { config } = readStack(root, stack);
    const suffix = config[`${namespace}environmentSuffix`];
    const region = config[regionKey];
    if (suffix === undefined || region === undefined) {
        throw new ExitError("failed", `Pulumi.${stack}.yaml must set environmentSuffix and ${regionKey}`);
    }
    return { name: nameOf({ suffix }, service), region, account: config[`${namespace}accountId`] };
}
