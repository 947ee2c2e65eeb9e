import { expect, test } from "@jest/globals";
import { loadOnDemand } from "../../../plan/load-on-demand.ts";

interface Compiler {
    version: string;
}

test("a module that is put off is loaded when something of it is used, once", () => {
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
    // Compiled code asks for this when it imports, and must not load the module by it.
    expect(exports.__esModule).toBe(true);
    expect(loaded).toEqual([]);
    expect(exports.version).toBe("6");
    // From here on an import finds no placeholder.
    expect(cache).toEqual({});
    expect(exports.version).toBe("6");
    expect(new Set(loaded)).toEqual(new Set(["/modules/compiler"]));
});
