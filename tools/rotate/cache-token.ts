import { nameOf } from "../../lib/scope.ts";
import { getPath } from "../../plan/query.ts";
import {
    logicalNameOf,
    secretContent,
    stateResourcesOfType,
    type State,
    type StateResource,
} from "../../plan/state.ts";
import { storedSecret, type RotatedSecret } from "./rotated-secret.ts";

const passwordType = "random:index/randomPassword:RandomPassword";

/**
 * Time in which a task that has read the former token uses it: tasks read it at each connect (docs/containers.md).
 * Connections that are open already stay open.
 */
const settlingMilliseconds = 60_000;

/** The AUTH token of the cache, in ElastiCache's two steps ROTATE and SET. */
export function cacheToken(suffix: string): RotatedSecret {
    const name = nameOf({ suffix }, "cache-token");
    const passwordIn = ({ resources }: State) =>
        resources.find((each) => each.type === passwordType && each.delete !== true && logicalNameOf(each) === name);
    const versionOf = (password: StateResource | undefined) =>
        Number(getPath(password?.inputs ?? {}, "keepers.version") ?? 1);
    return {
        noun: "the cache's token",
        setting: "cache.token",
        read: ({ cache }) => cache.token,
        deployed: (state) => {
            const password = passwordIn(state);
            const [cache] = stateResourcesOfType(state, "elasticache/replicationGroup:ReplicationGroup");
            const stored = storedSecret(state, name);
            if (password === undefined || cache === undefined || stored === undefined) {
                return undefined;
            }
            const version = versionOf(password);
            return secretContent(password.outputs?.result) === stored
                ? // The cache accepts a first token alone by either strategy.
                  { version, acceptPrevious: version > 1 && cache.inputs?.authTokenUpdateStrategy !== "SET" }
                : { version: version - 1, acceptPrevious: false };
        },
        accept: (state, next) => (versionOf(passwordIn(state)) === next.version ? [] : [`${name}:replace`]),
        inUse: async ({ sleep, say }) => {
            say(`waiting ${settlingMilliseconds / 1000} s for tasks that have just read the former token`);
            await sleep(settlingMilliseconds);
            return undefined;
        },
    };
}
