import { Module } from "node:module";

/**
 * Modules that Pulumi loads at startup, but that only serialised functions, dynamic providers and the Automation API use.
 * Loading them takes longer than the rest of the SDK.
 */
export const modulesLoadedOnDemand = ["@npmcli/arborist", "execa", "normalize-package-data", "typescript"];

/** Loads these modules at their first use only. Must run before the modules that import them. */
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
                // Without this mark, compiled ES modules copy all members of the module.
                get: (_, key): unknown => key === "__esModule" || Reflect.get(load(), key),
            },
        );
        require.cache[path] = placeholder;
    }
}
