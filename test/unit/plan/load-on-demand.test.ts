import { expect, test } from "@jest/globals";
import { loadOnDemand } from "../../../plan/load-on-demand.ts";

interface Compiler {
    version: string;
}

test("a module that loads on demand is loaded at its first use, once", () => {
    const loaded: string[] = [];
    const cache: NodeJS.Require["cache"] = {};
    const require = Object.assign(
        (path: string): object => {
            loaded.push(path);
            return { version: "6" };
        },
        { cache, resolve: Object.assign((name: string) => `/modules/${name}`, { paths: () => null }) },
    );
    loadOnDemand(require, ["compiler"]);
    const { exports } = cache["/modules/compiler"] as { exports: Compiler & { __esModule: boolean } };
    // Compiled code reads this property when it imports, which must not load the module.
    expect(exports.__esModule).toBe(true);
    expect(loaded).toEqual([]);
    expect(exports.version).toBe("6");
    // From here on an import finds no placeholder.
    expect(cache).toEqual({});
    expect(exports.version).toBe("6");
    expect(new Set(loaded)).toEqual(new Set(["/modules/compiler"]));
});
