import { sdkModule } from "./sdk-module.ts";

/** Settles a property's output with what the engine returned. */
type Resolver = (...result: unknown[]) => void;

/** Makes an output for each property of a resource. */
interface PropertyTransfer {
    transferProperties: (
        resource: Record<string, unknown>,
        label: string,
        properties: Record<string, unknown>,
    ) => Record<string, Resolver>;
}

/**
 * Makes the output of a resource's property when the program reads it first. The SDK makes all of them with the resource,
 * each of a dozen promises, and the program reads few: they take a third of the time of a run.
 *
 * @returns a function that undoes it
 */
export function makeOutputsOnDemand(): () => void {
    const rpc = sdkModule("runtime/rpc.js") as PropertyTransfer;
    const { transferProperties } = rpc;
    rpc.transferProperties = (resource, label, properties) => {
        const resolvers: Record<string, Resolver> = {};
        for (const [key, value] of Object.entries(properties)) {
            const make = (): Resolver | undefined => transferProperties(resource, label, { [key]: value })[key];
            let resolve: Resolver | undefined;
            let result: unknown[] | undefined;
            if (Object.hasOwn(resource, key)) {
                // The SDK passes over the URN and the ID, which it has made, and refuses any other property.
                make();
                continue;
            }
            Object.defineProperty(resource, key, {
                configurable: true,
                enumerable: true,
                get: () => {
                    Reflect.deleteProperty(resource, key);
                    resolve = make();
                    if (result !== undefined) {
                        resolve?.(...result);
                    }
                    return resource[key];
                },
            });
            resolvers[key] = (...arrived) => {
                result = arrived;
                resolve?.(...arrived);
            };
        }
        return resolvers;
    };
    return () => {
        rpc.transferProperties = transferProperties;
    };
}
