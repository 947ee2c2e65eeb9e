import { Module } from "node:module";

/**
 * What Pulumi loads at its start and only serialised functions, dynamic providers and the Automation API use. Together
 * they take longer than all the rest of the SDK.
 */
export const modulesLoadedOnDemand = ["@npmcli/arborist", "execa", "normalize-package-data", "typescript"];

/** Puts off loading these modules until something of theirs is used. Must run before what loads them. */
export function loadOnDemand(
    require: Pick<NodeJS.Require, "resolve" | "cache"> & ((id: string) => object),
    names: string[],
): void {
    for (const name of names) {
        const path = require.resolve(name);
        const placeholder = new Module(path);
        const load = (): object => {
            if (require.cache[path] === placeholder) {
                Reflect.deleteProperty(require.cache, path);
            }
            return require(path);
        };
        placeholder.loaded = true;
        placeholder.exports = new Proxy(
            {},
            {
                // Compiled code copies all members of a module that does not claim to be one of its own kind.
                get: (_, key): unknown => key === "__esModule" || Reflect.get(load(), key),
            },
        );
        require.cache[path] = placeholder;
    }
}
